import type { Filter, Prefetch, QueryRequest } from '@kindred/contracts';
import type { SearchRequest } from '@kindred/vector-index';
import type { Stage } from '../compose/composed-query.ts';

/** One search of a composed query. */
export interface Asked {
  path: string;
  label: string;
  /** With its own filter alone: that of the query is asked about once. */
  search: SearchRequest;
  /** The filter is a stage's. */
  ownFilter: boolean;
  /** Asked for the query's filter, not for what is searched by. */
  filterOnly: boolean;
}

/** All searches of the query and its stages, the query's own first. */
export function askedOf(request: QueryRequest, stage: Stage): Asked[] {
  const staged = stagesOf(stage, request.prefetch);
  const own = ofStage(stage, request.filter, false);
  if (own.length > 0) return [...own, ...staged];
  const [first] = staged;
  const search = { ...first!.search, filter: request.filter };
  return [{ path: '', label: first!.label, search, ownFilter: false, filterOnly: true }, ...staged];
}

const stagesOf = ({ stages }: Stage, prefetch: readonly Prefetch[]): Asked[] =>
  stages.flatMap((stage, at) => [
    ...ofStage(stage, prefetch[at]!.filter, true),
    ...stagesOf(stage, prefetch[at]!.prefetch),
  ]);

const ofStage = ({ parts }: Stage, filter: Filter | undefined, ownFilter: boolean): Asked[] =>
  parts.map(({ path, label, search }) => ({
    path,
    label,
    search: { ...search, filter, pageToken: '' },
    ownFilter,
    filterOnly: false,
  }));

/** In the other collections examples are a vector, and no items. */
export function inFurther(search: SearchRequest): SearchRequest {
  if (search.by.kind !== 'items' && search.by.kind !== 'recommend') return search;
  return { ...search, by: { kind: 'vector', values: [1], model: '' } };
}
