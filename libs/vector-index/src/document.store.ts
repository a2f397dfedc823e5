import { setImmediate as breathe } from 'node:timers/promises';
import type { Sql } from '@kindred/database';
import { documentTerms } from './document-terms.ts';
import type { Morphology } from './text/morphology.ts';

/** Of the rows of kindred.documents; kindred.vocabularies says which version those of a collection have. */
export const documentsVersion = 2;
/** New words take a morphology 50 µs each. */
const analyzedPerBreath = 10;

/**
 * Writes the search terms of items, one row per item; the last one wins where an item comes twice. A text in parts has no
 * phrase that spans two of them. Increase `documentsVersion` when what is stored of the same text changes.
 */
export async function upsertDocuments(
  sql: Sql,
  collectionId: number,
  rows: readonly { itemId: string; text: string | readonly string[] }[],
  morphology?: Morphology,
): Promise<void> {
  const unique = new Map(rows.map((row) => [row.itemId, row.text]));
  const documents: Record<string, unknown>[] = [];
  for (const [itemId, text] of unique) {
    const { tokens, vector, length, roundedLength } = documentTerms(text, morphology);
    documents.push({ item_id: itemId, tokens, terms: vector, length, rounded_length: roundedLength });
    if (morphology && documents.length % analyzedPerBreath === 0) await breathe();
  }
  if (documents.length === 0) return;
  await sql.query(
    `insert into kindred.documents as d (tenant_id, collection_id, item_id, tokens, terms, length, rounded_length)
     select kindred.tenant(), $1, r.item_id, r.tokens, r.terms, r.length, r.rounded_length
       from jsonb_to_recordset($2::jsonb) as r(item_id text, tokens text, terms tsvector, length int, rounded_length int)
      order by r.item_id collate "C"
     on conflict (tenant_id, collection_id, item_id) do update
        set tokens = excluded.tokens, terms = excluded.terms, length = excluded.length, rounded_length = excluded.rounded_length
      where d.tokens <> excluded.tokens or d.terms <> excluded.terms`,
    [collectionId, JSON.stringify(documents)],
  );
}

export async function deleteDocuments(sql: Sql, collectionId: number, itemIds: readonly string[]): Promise<void> {
  if (itemIds.length === 0) return;
  await sql.query(
    `delete from kindred.documents where tenant_id = kindred.tenant() and collection_id = $1 and item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
}
