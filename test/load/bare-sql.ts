import { type Database, openDatabase, type Scope } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { CollectionDirectory, Search } from '@kindred/vector-index';
import pg from 'pg';

export interface BareStatement {
  text: string;
  values: unknown[];
  settings: Record<string, string>;
}

/** The statements that the search service would send, taken from the same code. */
export async function statementsOf(
  databaseUrl: string,
  collection: string,
  queries: string[],
): Promise<BareStatement[]> {
  const database = await openDatabase({ url: databaseUrl, poolSize: 1 });
  const model = await builtInTextModel();
  const taken: BareStatement[] = [];
  const recording: Database = Object.create(database, {
    query: {
      value: (scope: Scope, text: string, values: unknown[] = []) => {
        if (text.startsWith('with ')) taken.push({ text, values: [...values], settings: { ...scope.settings } });
        return database.query(scope, text, values);
      },
    },
  });
  const embedder = {
    embed: async (texts: string[]) => ({ identity: model.identity, vectors: await model.embed(texts, 'query') }),
  };
  const search = new Search(recording, new CollectionDirectory(database), embedder as never);
  for (const text of queries) {
    await search.query({ tenant: 'default', collection, by: { kind: 'text', text }, limit: 10 } as never);
  }
  await database.close();
  await model.close();
  return taken;
}

/** The statements through plain `pg`: prepared, with the tenant set on the connection, nothing else around them. */
export class BareClients {
  private constructor(private readonly clients: pg.Client[]) {}

  static async open(databaseUrl: string, count: number, settings: Record<string, string>): Promise<BareClients> {
    const options = Object.entries({
      role: 'kindred_service',
      search_path: 'kindred,public',
      'app.tenant': 'default',
      ...settings,
    })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' ');
    const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: databaseUrl, options }));
    await Promise.all(clients.map((client) => client.connect()));
    return new BareClients(clients);
  }

  async run(slot: number, { text, values }: BareStatement): Promise<void> {
    await this.clients[slot % this.clients.length]!.query({ name: `bare${text.length}`, text, values });
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
  }
}
