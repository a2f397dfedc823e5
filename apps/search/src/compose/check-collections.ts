import { KindredError } from '@kindred/contracts';
import { type CollectionRow, checkFacts, filterField } from '@kindred/vector-index';
import { checkBoost } from './boost-value.ts';
import type { ComposedQuery } from './composed-query.ts';
import { invalid, under } from './under.ts';

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
  if (groupBy) {
    const { type } = filterField(groupBy.field, 'group_by.field', collection);
    if (type === 'geo')
      throw invalid('group_by.field', 'is a geo field', 'group by a keyword, number, boolean or time field');
  }
  if (diversity?.attribute) checkAttribute(diversity.attribute, collection);
}

function checkAttribute(attribute: string, collection: CollectionRow): void {
  try {
    checkFacts(collection, [{ kind: 'value', name: attribute }]);
  } catch {
    const declared = ['categories', ...collection.attributes.map(({ name }) => name)].join(', ');
    const message = `diversity.attribute "${attribute.slice(0, 128)}" is not declared in "${collection.name}"; use ${declared}`;
    throw new KindredError('UNKNOWN_ATTRIBUTE', 'diversity.attribute', message);
  }
}
