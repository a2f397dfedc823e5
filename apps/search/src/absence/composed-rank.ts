import { AbsenceCause, type AbsenceReason, type Hit, limits } from '@kindred/contracts';
import { outranked } from '@kindred/vector-index';
import type { ComposedQuery, Stage } from '../compose/composed-query.ts';
import type { ComposedAnswer, ComposedSearch } from '../compose/composed-search.ts';

const reason = (cause: AbsenceCause, message: string, field = ''): AbsenceReason => ({ cause, field, message });

/** Looks for an item's place in what a composed query finds: all of it, then arranged as the query arranges it. */
export class ComposedRank {
  constructor(private readonly composed: Pick<ComposedSearch, 'query'>) {}

  /** Undefined where no search finds the item at all. `pageEnd`: places, or groups, up to the end of the page. */
  async reason(
    query: ComposedQuery,
    itemId: string,
    pageEnd: number,
    page: ComposedAnswer,
  ): Promise<AbsenceReason | undefined> {
    const deep = deepOf(query);
    const ranked = await this.composed.query({ ...deep, diversity: undefined, groupBy: undefined });
    const at = indexOf(ranked.hits, itemId);
    if (at < 0) return isFull(ranked) ? farBehind() : this.unlisted(deep, itemId);
    if (query.rerank && at < query.rerank.depth && at < pageEnd) return behindReranker(at + 1);
    const varied = query.diversity ? await this.composed.query({ ...deep, groupBy: undefined }) : ranked;
    const place = indexOf(varied.hits, itemId);
    if (place < 0) return isFull(varied) ? farBehind() : overQuota(query, at + 1);
    if (query.groupBy) return inGroups(query, { itemId, place: at + 1, pageEnd }, await this.composed.query(deep));
    return standing(varied, { place, pageEnd, page });
  }

  /** Behind stages: whether they handed it on. */
  private async unlisted(deep: ComposedQuery, itemId: string): Promise<AbsenceReason | undefined> {
    const { stage } = deep;
    if (stage.stages.length === 0) return undefined;
    const alone = { ...deep, stage: { ...stage, parts: [], mixed: false }, diversity: undefined, groupBy: undefined };
    const handed = stage.parts.length > 0 ? await this.composed.query(alone) : undefined;
    if (handed && indexOf(handed.hits, itemId) >= 0) return undefined;
    const message = 'No stage handed the item on: raise prefetch[n].limit, or widen what the stages look for';
    return reason(AbsenceCause.ABSENCE_CAUSE_NOT_LISTED, message, 'prefetch');
  }
}

/** As deep as one page goes, by exact search, in the order before the reranker. */
const deepOf = (query: ComposedQuery): ComposedQuery => ({
  ...query,
  limit: limits.pageLimit,
  firstLimit: limits.pageLimit,
  pageToken: '',
  rerank: undefined,
  payload: false,
  vectors: false,
  highlight: false,
  stage: exactly(query.stage),
});

const exactly = (stage: Stage): Stage => ({
  ...stage,
  parts: stage.parts.map((part) => ({ ...part, search: { ...part.search, exact: true } })),
  stages: stage.stages.map(exactly),
});

const indexOf = (hits: readonly Hit[], itemId: string) => hits.findIndex((hit) => hit.itemId === itemId);
const isFull = ({ hits }: ComposedAnswer) => hits.length >= limits.pageLimit;

function farBehind(): AbsenceReason {
  const message = `The item is out-ranked by the first ${limits.pageLimit} hits, and no further ones are looked at here: narrow the filter`;
  return reason(AbsenceCause.ABSENCE_CAUSE_OUTRANKED, message);
}

function behindReranker(place: number): AbsenceReason {
  const message = `The reranker puts others before the item, which holds place ${place} without it: page on, or leave rerank out`;
  return reason(AbsenceCause.ABSENCE_CAUSE_OUTRANKED, message, 'rerank');
}

function overQuota({ diversity }: ComposedQuery, place: number): AbsenceReason {
  const { attribute, maxPerValue } = diversity!;
  const kept = `better ones have the ${maxPerValue} that diversity.max_per_value lets in for each value of "${attribute}"`;
  const message = `The item holds place ${place} of all that match, but ${kept}: raise it, or leave diversity.attribute out`;
  return reason(AbsenceCause.ABSENCE_CAUSE_QUOTA, message, 'diversity.max_per_value');
}

function inGroups(
  { groupBy }: ComposedQuery,
  { itemId, place, pageEnd }: { itemId: string; place: number; pageEnd: number },
  { groups }: ComposedAnswer,
): AbsenceReason {
  const at = groups.findIndex(({ hits }) => indexOf(hits, itemId) >= 0);
  if (at >= 0) {
    const end =
      at < pageEnd ? 'when each search looks deeper: raise limit' : `the page ends at group ${pageEnd}: page on`;
    return reason(AbsenceCause.ABSENCE_CAUSE_OUTRANKED, `The item is in group ${at + 1}, ${end}`, 'limit');
  }
  const kept = `better ones have the ${groupBy!.size} places of its group by "${groupBy!.field}"`;
  const message = `The item holds place ${place} of all that match, but ${kept}: raise group_by.size`;
  return reason(AbsenceCause.ABSENCE_CAUSE_QUOTA, message, 'group_by.size');
}

function standing(
  { hits }: ComposedAnswer,
  { place, pageEnd, page }: { place: number; pageEnd: number; page: ComposedAnswer },
): AbsenceReason {
  const { score, scores } = hits[place]!;
  const lastScore = hits[pageEnd - 1]?.score ?? page.hits.at(-1)?.score ?? 0;
  const approximate = page.plan.legs.some(({ name, method }) => name.endsWith('dense') && method !== 'vector_exact');
  const found = outranked({ position: place + 1, score, ranks: {}, pageEnd, lastScore, approximate });
  if (scores.boost === undefined) return found;
  const boosted = `boosts of ${scores.boost.toPrecision(3)} made its score of ${scores.relevance!.toPrecision(4)}`;
  return { ...found, message: `${found.message} (${boosted})` };
}
