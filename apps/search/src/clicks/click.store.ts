import type { ClickedQuery } from '@kindred/contracts';
import type { Sql } from '@kindred/database';

/** What says that an item was wanted. A rating says how much, a view follows from a click, an impression from nothing. */
const wanted = ['click', 'add_to_cart', 'purchase', 'like'];

interface StoredClick {
  query: string;
  item_id: string;
  position: number | null;
  clicks: bigint;
}

/** Clicks on answers to the latest queries by text: of the `most` texts that have the most clicks, by text. */
export async function readClicks(sql: Sql, collectionId: number, most: number): Promise<ClickedQuery[]> {
  const rows = await sql.query<StoredClick>(
    `with clicked as materialized (
       select a.query, i.item_id, i.position, count(*) as clicks
         from kindred.asked_requests a
         join kindred.interactions i on i.tenant_id = a.tenant_id and i.request_id = a.request_id
          and i.collection_id = a.collection_id and i.type = any($3::text[])
        where a.tenant_id = kindred.tenant() and a.collection_id = $1
        group by a.query, i.item_id, i.position)
     select c.* from clicked c
      where c.query in (select t.query from clicked t group by t.query order by sum(t.clicks) desc, t.query limit $2)
      order by c.query, c.item_id, c.position`,
    [collectionId, most, wanted],
  );
  const byText = new Map<string, ClickedQuery>();
  for (const { query: text, item_id: itemId, position, clicks } of rows) {
    const one = byText.get(text) ?? { text, items: [] };
    byText.set(text, one);
    one.items.push({ itemId, position: position ?? undefined, clicks: BigInt(clicks) });
  }
  return [...byText.values()];
}
