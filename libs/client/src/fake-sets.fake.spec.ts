import {
  AbsenceCause,
  type ExplainAbsenceRequest,
  type FacetRequest,
  type Item,
  type QueryBatchRequest,
  type ScrollRequest,
} from '@kindred/contracts';
import { hitOf, planOf } from './fake-kindred.fake.spec.ts';

/** Facets, scrolling, batches and absences over the fake's items; filters count for nothing. */
export function fakeSets(items: ReadonlyMap<string, Item>): Record<string, (call: { request: unknown }) => unknown> {
  return {
    queryBatch: ({ request }) => ({ results: (request as QueryBatchRequest).queries.map(resultOf) }),
    facet: ({ request }) => ({
      total: BigInt(items.size),
      facets: (request as FacetRequest).fields.map((field) => countsOf(field, [...items.values()])),
      tookMs: 1,
    }),
    scroll: ({ request }) => pageOf(request as ScrollRequest, [...items.values()]),
    explain: explained,
    explainAbsence: ({ request }) => absenceOf(request as ExplainAbsenceRequest, items),
  };
}

const way = { leg: 'dense', estimatedMs: 2, reason: 'every vector is looked at' };
const explained = () => ({
  response: { requestId: 'e-1', hits: [], nextPageToken: '', groups: [], suggestions: [], plan: planOf(2) },
  choices: [
    {
      ...way,
      method: 'vector_index',
      chosen: true,
      estimatedMs: 0.4,
      estimatedRecall: 0.97,
      reason: 'enough is found',
    },
    { ...way, method: 'vector_exact', chosen: false, estimatedRecall: 1 },
  ],
  statement: 'select 1',
  postgresPlan: 'Limit (actual time=0.1..0.2 rows=2.00 loops=1)\n  Buffers: shared hit=12',
});

const resultOf = ({ collection }: QueryBatchRequest['queries'][number], at: number) =>
  collection === 'no-such-collection'
    ? { result: { $case: 'error', value: { code: 'COLLECTION_NOT_FOUND', field: 'collection', message: '없음' } } }
    : {
        result: {
          $case: 'response',
          value: { requestId: `b.${at}`, hits: [], nextPageToken: '', groups: [], suggestions: [] },
        },
      };

function countsOf({ field, ranges }: FacetRequest['fields'][number], items: Item[]) {
  const counts = new Map<unknown, bigint>();
  const fieldOf = (item: Item) => (field === 'price' ? item.price : item.attributes?.[field]);
  for (const value of items.map(fieldOf)) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0n) + 1n);
  const values =
    ranges.length > 0
      ? ranges.map((range) => ({ range, count: 1n }))
      : [...counts].map(([value, count]) => ({ value, count }));
  return { field, values, distinct: BigInt(counts.size), missing: 0n };
}

/** Tokens are places; without a limit pages hold two items. */
function pageOf({ pageToken, limit = 2 }: ScrollRequest, items: Item[]) {
  const start = Number(pageToken);
  const next = start + limit;
  return { items: items.slice(start, next).map(hitOf), nextPageToken: next < items.length ? String(next) : '' };
}

function absenceOf({ itemId }: ExplainAbsenceRequest, items: ReadonlyMap<string, Item>) {
  if (items.has(itemId)) return { position: 1n, reasons: [] };
  const message = `There is no item "${itemId}"`;
  return { reasons: [{ cause: AbsenceCause.ABSENCE_CAUSE_UNKNOWN_ITEM, field: '', message }] };
}
