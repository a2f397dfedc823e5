import { createHash } from 'node:crypto';
import type { Database } from '@kindred/database';

export type Item = [id: string, revision: bigint];

/** The formula of docs/datasets.md, as a program without a database would write it. */
export function hashByHand(items: Item[], events: string[]): string {
  const sha256 = (...parts: (string | Buffer)[]) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const lines = (pairs: [id: string, line: string][]) => {
    const sorted = pairs.map(([id, line]) => ({ id: Buffer.from(id), line }));
    sorted.sort((a, b) => Buffer.compare(a.id, b.id));
    const runs: Buffer[] = [];
    for (let at = 0; at < sorted.length; at += 10_000) {
      runs.push(sha256(...sorted.slice(at, at + 10_000).map(({ line }) => line)));
    }
    return sha256(...runs);
  };
  const itemLines = lines(items.map(([id, revision]) => [id, `${id}\t${revision}\n`]));
  const eventLines = lines(events.map((id) => [id, `${id}\n`]));
  return sha256('kindred dataset 1\n', itemLines, eventLines).toString('hex');
}

/** Collections with items and interactions, as ingestion would have left them. */
export class Shelf {
  private tenants = 0;

  constructor(private readonly database: Database) {}

  /** A tenant of its own with a collection "movies". */
  async setUp(items: Item[] = [], events: string[] = []): Promise<string> {
    this.tenants += 1;
    const tenant = `t${this.tenants}`;
    await this.addCollection(tenant, 'movies');
    await this.upsert(tenant, items);
    await this.interact(tenant, events);
    return tenant;
  }

  addCollection(tenant: string, name: string) {
    return this.database.query({ tenant }, 'insert into collections (tenant_id, name) values ($1, $2)', [tenant, name]);
  }

  upsert(tenant: string, items: Item[]) {
    return this.database.query(
      { tenant },
      `insert into items (tenant_id, collection_id, item_id, revision)
       select tenant_id, collection_id, i.id, i.revision from collections, unnest($1::text[], $2::bigint[]) as i(id, revision)
       where name = 'movies'
       on conflict (tenant_id, collection_id, item_id) do update set revision = excluded.revision`,
      [items.map(([id]) => id), items.map(([, revision]) => revision)],
    );
  }

  interact(tenant: string, events: string[], occurredAt = '2026-01-01T00:00:00Z') {
    return this.database.query(
      { tenant },
      `insert into interactions (tenant_id, event_id, occurred_at, type, user_id, collection_id, item_id)
       select tenant_id, e.id, $2::timestamptz, 'click', '김', collection_id, '영화' from collections, unnest($1::text[]) as e(id)
       where name = 'movies'`,
      [events, occurredAt],
    );
  }
}
