import {
  AbsenceCause,
  type AbsenceReason,
  type ExplainAbsenceResponse,
  type Plan,
  type QueryRequest,
} from '@kindred/contracts';
import { type AbsenceExplainer, checkItemId, unknownItem } from '@kindred/vector-index';
import type { ComposedQuery } from '../compose/composed-query.ts';
import type { ComposedAnswer, ComposedSearch } from '../compose/composed-search.ts';
import { readComposedToken } from '../compose/composed-token.ts';
import { type Asked, askedOf, inFurther } from './asked-parts.ts';
import { ComposedRank } from './composed-rank.ts';

/** Tells why an item is not among the hits of a composed query: for each of its searches, and by its place in the whole. */
export class ComposedAbsence {
  private readonly rank: ComposedRank;

  constructor(
    private readonly composed: Pick<ComposedSearch, 'query'>,
    private readonly explainer: AbsenceExplainer,
  ) {
    this.rank = new ComposedRank(composed);
  }

  /** Runs the query, and deeper ones; `request` is what `query` was made of. Throws what the query would throw. */
  async explain(request: QueryRequest, query: ComposedQuery, itemId: string): Promise<ExplainAbsenceResponse> {
    checkItemId(itemId);
    const page = await this.composed.query({ ...query, payload: false, vectors: false, highlight: false });
    const before = readComposedToken(query)?.shown.count ?? 0;
    const place = placeOf(page, itemId);
    if (place >= 0) return { position: BigInt(before + place + 1), reasons: [] };
    const { known, blocking, legs } = await this.reasons(request, query, page, itemId);
    if (!known) return { reasons: [unknownItem({ itemId, collection: query.collections.join('", "') })] };
    const rank = await this.rank.reason(query, itemId, before + query.limit, page);
    return { reasons: unique([...blocking, ...(rank ? [rank] : []), ...legs]) };
  }

  /** What keeps the item out of each search, of every collection that has it. */
  private async reasons(request: QueryRequest, query: ComposedQuery, { plan }: ComposedAnswer, itemId: string) {
    const all = { known: false, blocking: [] as AbsenceReason[], legs: [] as AbsenceReason[] };
    for (const asked of askedOf(request, query.stage)) {
      for (const [at, collection] of query.collections.entries()) {
        const search = { ...(at === 0 ? asked.search : inFurther(asked.search)), collection };
        const ran = planOf(plan, asked, collection);
        const found = await this.explainer.reasons(search, itemId, ran);
        if (!found) continue;
        all.known = true;
        const placed = (one: AbsenceReason) => inPlace(one, asked, query.collections.length > 1 ? collection : '');
        all.blocking.push(...found.blocking.filter((one) => !asked.filterOnly || ofItem(one)).map(placed));
        if (!asked.filterOnly && !found.deleted) all.legs.push(...found.legs.map(placed));
      }
    }
    return all;
  }
}

/** What a search of the query ran; without the notes, which are of all of them. */
function planOf(plan: Plan, { label }: Asked, collection: string): Plan {
  const name = label === '' ? 'dense' : `${label}.dense`;
  const own = plan.legs.filter((leg) => leg.name === name && [undefined, collection].includes(leg.settings.collection));
  const legs = own.map((leg) => ({ ...leg, name: 'dense' }));
  return { ...plan, legs, notes: [], complete: plan.complete && plan.legs.length === 0 };
}

/** Among the hits, or of its group among the groups; -1 where it is in none. */
const placeOf = ({ hits, groups }: ComposedAnswer, itemId: string) =>
  groups.length > 0
    ? groups.findIndex((group) => group.hits.some((hit) => hit.itemId === itemId))
    : hits.findIndex((hit) => hit.itemId === itemId);

const stateCauses = [AbsenceCause.ABSENCE_CAUSE_DELETED, AbsenceCause.ABSENCE_CAUSE_HIDDEN];
const vectorCauses = [AbsenceCause.ABSENCE_CAUSE_NOT_EMBEDDED, AbsenceCause.ABSENCE_CAUSE_STALE_VECTOR];
const ofItem = ({ cause }: AbsenceReason) =>
  stateCauses.includes(cause) || cause === AbsenceCause.ABSENCE_CAUSE_FILTERED;

/** Names the part or stage, and the collection where there are several; what is true of the item anywhere names no part. */
function inPlace(reason: AbsenceReason, { path, ownFilter }: Asked, collection: string): AbsenceReason {
  const { cause, field, message } = reason;
  const anywhere = [...stateCauses, ...vectorCauses].includes(cause);
  const general = anywhere || (cause === AbsenceCause.ABSENCE_CAUSE_FILTERED && !ownFilter);
  const within = general ? '' : path;
  const named = [within, collection].filter(Boolean).join(' in ');
  return {
    cause,
    field: field === '' ? '' : [within, field].filter(Boolean).join('.'),
    message: named === '' ? message : `${named}: ${message}`,
  };
}

const unique = (reasons: readonly AbsenceReason[]) => [
  ...new Map(reasons.map((one) => [`${one.cause} ${one.field} ${one.message}`, one])).values(),
];
