import { vectorBytes, type WireClient, withMigrator } from '@kindred/database';

export interface Found {
  id: number;
  /** Negated inner product. */
  distance: number;
}

/** A connection of the migrator that searches the copy by prepared statements. */
export class TuningSession {
  private readonly names = new Map<string, string>();

  constructor(readonly client: WireClient) {}

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.client.query({ text, values: [...values] });
    return rows as Row[];
  }

  /** For the rest of the connection. */
  async set(settings: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      await this.client.query({ text: 'select set_config($1, $2, false)', values: [name, value] });
    }
  }

  async search(text: string, vector: Buffer): Promise<Found[]> {
    const name = this.names.get(text) ?? `tune_${this.names.size}`;
    this.names.set(text, name);
    const { rows } = await this.client.query({ name, text, values: [vector] });
    return rows as Found[];
  }

  /** Whether the statement would run by the index. */
  async usesIndex(text: string, vector: Buffer, index: string): Promise<boolean> {
    const { rows } = await this.client.query({ text: `explain ${text}`, values: [vector] });
    return rows.some((row) => String(row['QUERY PLAN']).includes(` using ${index} on `));
  }
}

/** As services search, and always by the index: the copy may be small. */
const searching = {
  jit: 'off',
  enable_seqscan: 'off',
  statement_timeout: '0',
  'hnsw.iterative_scan': 'relaxed_order',
  'ivfflat.iterative_scan': 'relaxed_order',
};

/** Opens so many connections for the length of `work`. */
export async function withSessions<Result>(
  url: string,
  count: number,
  work: (sessions: TuningSession[]) => Promise<Result>,
  open: TuningSession[] = [],
): Promise<Result> {
  if (open.length === count) return work(open);
  return withMigrator(
    url,
    async (client) => {
      const session = new TuningSession(client);
      // The libraries' settings are unknown until something of them was called.
      await session.query(`select '[1]'::vector`);
      await session.set(searching);
      return withSessions(url, count, work, [...open, session]);
    },
    'kindred tune',
  );
}

export const queryBytes = (vector: Float32Array): Buffer => vectorBytes(vector);
