import type { CollectionRow } from '../collection.store.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { conditionsSql } from '../text/text-conditions.ts';
import { exampleIds } from './dense-leg.ts';
import type { LegScope } from './lexical-leg.ts';
import type { PagePosition } from './page-token.ts';
import type { CheckedRequest } from './search-request.ts';
import type { Legs } from './search-statement.ts';
import type { StatementParams } from './statement-params.ts';

/** A hash of this many ids takes some 30 MB. */
const hashable = 300_000n;

export function legScope(
  request: CheckedRequest,
  collection: CollectionRow,
  legs: Pick<Legs, 'collectionItems'>,
  params: StatementParams,
  before?: PagePosition,
): LegScope {
  const placeholder = params.add(collection.collectionId, 'int');
  const filter = filterToSql(request.filter, collection, params.values);
  const ids = exampleIds(request.by);
  const others = ids.length > 0 ? `i.item_id <> all(${params.add(ids, 'text[]')})` : 'true';
  const ofText = conditionsSql(request.conditions, placeholder, params);
  const among = request.among && params.add(request.among, 'text[]');
  const chosen = among === undefined ? 'true' : `i.item_id = any(${among})`;
  const own = [filter, others, chosen].filter((condition) => condition !== 'true');
  const all = (more: readonly string[]) => [...own, ...more].join(' and ') || undefined;
  const behind = before?.itemId === undefined ? undefined : behindSql(before.score, before.itemId, params);
  return {
    collection: placeholder,
    filter: all(ofText.ofItems),
    lookedUp: all(ofText.ofLookedUp),
    byDocument: { filter: all([]), conditions: ofText.ofDocuments },
    behind,
    among,
    large: legs.collectionItems > hashable,
    params,
  };
}

function behindSql(score: number, itemId: string, params: StatementParams) {
  const lastScore = params.add(score, 'float8');
  const lastId = params.add(itemId, 'text');
  return (of: string, id: string) => `(${of} < ${lastScore} or (${of} = ${lastScore} and ${id} > ${lastId}))`;
}
