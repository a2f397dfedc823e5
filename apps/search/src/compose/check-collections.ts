import { type CollectionRow, checkAttribute, checkBoost, checkGroupBy, under } from '@kindred/vector-index';
import type { ComposedQuery } from './composed-query.ts';

/** Refuses fields that a collection lacks, before anything is embedded. */
export async function checkCollections(
  query: ComposedQuery,
  collections: readonly CollectionRow[],
  now: number,
): Promise<void> {
  for (const collection of collections) {
    const where = collections.length > 1 ? `collection "${collection.name}"` : '';
    await under('', () => checkFields(query, collection, now), where);
  }
}

async function checkFields({ boosts, groupBy, diversity }: ComposedQuery, collection: CollectionRow, now: number) {
  for (const boost of boosts) await checkBoost(boost, collection, now);
  if (groupBy) checkGroupBy(groupBy, collection);
  if (diversity?.attribute) checkAttribute(diversity.attribute, 'diversity.attribute', collection);
}
