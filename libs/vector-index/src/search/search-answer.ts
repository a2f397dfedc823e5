import { FusionMethod, type Hit, type Plan, type PlanChoice, type PlanLeg } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { segmentText } from '../indexes/segments.ts';
import { itemFromRow } from '../live-item.ts';
import { byIndex } from '../planner/dense-planner.ts';
import type { DenseLeg } from './dense-leg.ts';
import type { ChosenLegs } from './leg-chooser.ts';
import type { CheckedRequest } from './search-request.ts';
import type { SearchRow } from './search-statement.ts';

export function hitOf(row: SearchRow, request: CheckedRequest, collection: CollectionRow): Hit {
  const scores: Record<string, number> = {};
  if (row.lexical_score !== null) scores.lexical = row.lexical_score;
  if (row.dense_score !== null) scores.dense = row.dense_score;
  if (request.explain && row.lexical_rank !== null) scores.lexical_rank = row.lexical_rank;
  if (request.explain && row.dense_rank !== null) scores.dense_rank = row.dense_rank;
  return {
    collection: collection.name,
    itemId: row.item_id,
    score: row.score,
    item: request.payload ? itemFromRow(row, collection) : undefined,
    scores,
    vector: row.vector === null ? [] : JSON.parse(row.vector),
    reason: '',
    matchedFields: [],
    highlights: [],
  };
}

/** The lexical leg has nothing to look for, so nothing is missed without it. */
const hasNoWords = ({ terms }: CheckedRequest) => terms.length === 0;

/** What a search without any leg to run answers. */
export function emptyPlan(request: CheckedRequest, legs: ChosenLegs): Plan {
  const { notes, collectionItems, impossible = false } = legs;
  const { fusion, denseWeight } = wireFusion(request, legs);
  return {
    legs: [],
    complete: impossible || (request.mode === 'lexical' && hasNoWords(request)),
    fusion,
    denseWeight,
    model: '',
    notes: [...notes],
    tookMs: 0,
    collectionItems,
    steps: [],
  };
}

export function planOf(request: CheckedRequest, legs: ChosenLegs, row: SearchRow): Plan {
  const { lexical, dense } = legs;
  const both = request.mode === 'hybrid';
  const denseFound = dense !== undefined && !row.no_vector && (row.dense_rows > 0 || row.lexical_rows === 0);
  return {
    ...emptyPlan(request, legs),
    legs: [...(lexical ? [lexicalLeg(legs, row)] : []), ...(dense ? [denseLeg(request, legs, row)] : [])],
    complete: (!both || ((lexical !== undefined || hasNoWords(request)) && denseFound)) && !row.no_vector,
    model: dense ? dense.model.name : '',
    notes: [...legs.notes, ...denseNotes(request, legs, row, denseFound), ...vectorNotes(request, legs)],
    recallEstimate: dense && isExact(dense, row) ? 1 : legs.plan?.recall,
    selectivity: selectivityOf(legs, row),
  };
}

/** All ways that were weighed. The lexical leg runs by the index that there is. */
export function choicesOf({ lexical, dense, plan, lexicalPlan }: ChosenLegs): PlanChoice[] {
  const choices: PlanChoice[] = [];
  if (lexical) {
    const reason = [`${lexical.terms.length} terms`, ...(lexicalPlan ? [lexicalPlan.reason] : [])].join('; ');
    choices.push({ leg: 'lexical', method: lexical.method, chosen: true, estimatedMs: 0, estimatedRecall: 1, reason });
  }
  if (!dense || !plan) return choices;
  for (const [at, choice] of plan.choices.entries()) {
    const { method, estimatedMs, reason } = choice;
    const estimatedRecall = !byIndex(choice) ? 1 : at === 0 ? plan.recall : undefined;
    const kind = method === 'segment' ? `${plan.index}_segment` : String(plan.index);
    const name = byIndex(choice) ? kind : `vector_${method}`;
    choices.push({ leg: 'dense', method: name, chosen: at === 0, estimatedMs, estimatedRecall, reason });
  }
  return choices;
}

/** Counted where the filtered items were found first, else estimated. */
function selectivityOf({ plan, collectionItems }: ChosenLegs, { passing }: SearchRow): number | undefined {
  return passing === null || collectionItems === 0n ? plan?.share : passing / Number(collectionItems);
}

function wireFusion({ mode }: CheckedRequest, { fusion }: ChosenLegs): { fusion: FusionMethod; denseWeight: number } {
  if (mode !== 'hybrid')
    return { fusion: FusionMethod.FUSION_METHOD_UNSPECIFIED, denseWeight: mode === 'dense' ? 1 : 0 };
  if (fusion.method === 'rrf') return { fusion: FusionMethod.FUSION_METHOD_RRF, denseWeight: 0.5 };
  return { fusion: FusionMethod.FUSION_METHOD_NORMALIZED, denseWeight: fusion.denseWeight };
}

function lexicalLeg(legs: ChosenLegs, row: SearchRow): PlanLeg {
  const { lexical, depth } = legs;
  const { terms, extra, variants, walks } = lexical!;
  const widened: Record<string, string> = extra
    ? { extra_terms: extra.terms.join(' '), extra_weight: extra.weight.toFixed(3) }
    : {};
  const said: Record<string, string> = variants ? { variants: variants.map((one) => one.join(' ')).join(' | ') } : {};
  return {
    name: 'lexical',
    method: lexical!.method,
    rows: BigInt(row.lexical_rows),
    complete: true,
    tookMs: row.lexical_ms,
    settings: { depth: String(depth), terms: terms.join(' '), ...(!walks && candidatesOf(legs)), ...said, ...widened },
    reason: legs.lexicalPlan?.reason ?? '',
    examined: walks || row.passing === null ? uncounted : BigInt(row.passing),
  };
}

const candidatesOf = ({ found }: ChosenLegs): Record<string, string> =>
  found ? { candidates: found.facts ? 'filter_index' : 'filter' } : {};

function denseLeg(request: CheckedRequest, legs: ChosenLegs, row: SearchRow): PlanLeg {
  const { dense, settings, depth, plan } = legs;
  const from = row.dense_fell_back ? dense!.method : plan!.fellBackFrom;
  const fellBack: Record<string, string> = from ? { fell_back_from: from } : {};
  const found = dense!.method === 'vector_exact' ? candidatesOf(legs) : {};
  const { recent, segment } = dense!;
  const within: Record<string, string> = segment ? { segment: segmentText(segment) } : {};
  const beside: Record<string, string> = recent
    ? { recent: recent.scanned ? 'exact' : 'hnsw', recent_rows: String(recent.rows) }
    : {};
  const moved: Record<string, string> = dense!.toward ? { moved: 'towards the filter' } : {};
  const breadth: Record<string, string> = plan!.breadthFrom ? { breadth_from: plan!.breadthFrom } : {};
  return {
    name: 'dense',
    method: row.dense_fell_back ? 'vector_exact' : dense!.method,
    rows: BigInt(row.dense_rows),
    complete: !row.no_vector,
    tookMs: row.dense_ms,
    settings: {
      depth: String(depth),
      distance: dense!.distance,
      ...found,
      ...within,
      ...beside,
      ...moved,
      ...breadth,
      ...fellBack,
      ...settings,
    },
    reason: plan!.choices[0]!.reason,
    examined: examinedBy(request, legs, row),
  };
}

const isExact = ({ method }: DenseLeg, row: SearchRow) => row.dense_fell_back || method === 'vector_exact';

/** No index says how many rows it visited. */
const uncounted = 0n;

/** Counted where the filtered items were found first; a scan looks at all, or at the few that it is given. */
function examinedBy({ among }: CheckedRequest, { dense, collectionItems }: ChosenLegs, row: SearchRow): bigint {
  if (row.no_vector) return 0n;
  if (row.passing !== null) return BigInt(row.passing);
  if (!isExact(dense!, row)) return uncounted;
  return among ? BigInt(among.length) : collectionItems;
}

function denseNotes({ by }: CheckedRequest, { dense, plan }: ChosenLegs, row: SearchRow, found: boolean): string[] {
  if (!dense) return [];
  if (row.no_vector) {
    const what = by.kind === 'user' ? 'The user has' : 'The items have';
    return [`${what} no vector of ${dense.model.name} yet, or one of nothing that it knows: nothing to compare with`];
  }
  if (!found) return [`No matching item has a vector of ${dense.model.name} yet: lexical only`];
  if (!row.dense_fell_back && !plan!.fellBackFrom) return [];
  return [`The index of ${dense.model.name} ended before the page was sure to be full: every vector was looked at`];
}

function vectorNotes({ vectors }: CheckedRequest, { dense }: ChosenLegs): string[] {
  return vectors && !dense ? ['Hits carry vectors only where the dense leg runs'] : [];
}
