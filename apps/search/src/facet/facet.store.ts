import { type FacetCounts, type FacetRequest, type FacetResponse, type FacetValue } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import type { CollectionRow, FilterFacts } from '@kindred/vector-index';
import { type Facet, facetsOf } from './facet-request.ts';
import { type FacetFigures, facetStatement } from './facet-statement.ts';

type FacetRow = { total: bigint } & Record<`f${number}`, FacetFigures>;

/** How many of the live, visible items that match have which value. Throws a KindredError that names the field. */
export async function countFacets(
  sql: Sql,
  collection: CollectionRow,
  request: FacetRequest,
  facts?: FilterFacts,
): Promise<Omit<FacetResponse, 'tookMs'>> {
  const facets = facetsOf(request, collection);
  const { text, values } = facetStatement(facets, { filter: request.filter, facts }, collection);
  const [row] = await sql.query<FacetRow>(text, values);
  return { total: row!.total, facets: facets.map((facet, at) => countsOf(facet, row![`f${at}`]!)) };
}

function countsOf(
  { field, ranges }: Facet,
  { top = [], ranges: inRanges, distinct, missing, min, max }: FacetFigures,
): FacetCounts {
  const read = readers[field.type];
  return {
    field: field.name,
    values: inRanges
      ? ranges.map((range, at): FacetValue => ({ range, count: BigInt(inRanges[at]!) }))
      : top.map(([value, count]): FacetValue => ({ value: read(value), count: BigInt(count) })),
    distinct: BigInt(distinct),
    missing: BigInt(missing),
    min: min ?? undefined,
    max: max ?? undefined,
  };
}

const readers: Record<Facet['field']['type'], (text: string) => unknown> = {
  keyword: String,
  text: String,
  number: Number,
  boolean: (text) => text === 'true',
  time: String,
  geo: String,
};
