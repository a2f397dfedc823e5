import { KindredError, SimilarBy, type SimilarRequest, type SimilarResponse } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import type { Figures, Weights } from './candidates.store.ts';
import type { Recipe, Recommender } from './recommender.ts';
import { checkIds, checkRequest, identityOf } from './request.ts';

/** The content source runs whatever the other one finds. */
const everything = 2_147_483_647;

const weightsBy: Partial<Record<SimilarBy, Weights>> = {
  [SimilarBy.SIMILAR_BY_UNSPECIFIED]: { collaborative: 0.6, content: 0.4, popular: 0 },
  [SimilarBy.SIMILAR_BY_BLEND]: { collaborative: 0.6, content: 0.4, popular: 0 },
  [SimilarBy.SIMILAR_BY_CONTENT]: { collaborative: 0, content: 1, popular: 0 },
  [SimilarBy.SIMILAR_BY_INTERACTIONS]: { collaborative: 1, content: 0, popular: 0 },
};

/** Answers Similar: what goes with an item or a basket. */
export class SimilarService {
  constructor(private readonly recommender: Recommender) {}

  /** Throws ITEM_NOT_FOUND for an item that does not exist, and a KindredError that names the field for bad requests. */
  async similar(
    request: SimilarRequest,
    { tenant, requestId }: Caller,
    signal?: AbortSignal,
  ): Promise<SimilarResponse> {
    const weights = weightsBy[request.by];
    if (!weights) {
      const message = `by is ${request.by}; use SIMILAR_BY_BLEND, SIMILAR_BY_CONTENT or SIMILAR_BY_INTERACTIONS`;
      throw new KindredError('FIELD_INVALID', 'by', message);
    }
    const itemIds = checkIds('item_ids', request.itemIds);
    if (itemIds.length === 0) throw new KindredError('FIELD_MISSING', 'item_ids', 'item_ids is empty; name an item');
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const checked = checkRequest(request, collection);
    const origin = { kind: 'items' as const, itemIds: itemIds.toSorted() };
    const recipe: Recipe = { origin, weights, contentBelow: everything, fill: 'when empty' };
    const identity = identityOf(tenant, collection, checked, [origin, `similar ${request.by}`]);
    const asked = { tenant, collection, request: checked, identity, signal };
    const inspect = (figures: Figures) => {
      refuseMissing(figures, request.itemIds);
      return notesOf(figures, weights);
    };
    return { requestId, ...(await this.recommender.answer(asked, recipe, inspect)) };
  }
}

function refuseMissing({ missing_ids: missing }: Figures, itemIds: readonly string[]): void {
  const at = itemIds.findIndex((id) => missing?.includes(id));
  if (at < 0) return;
  const path = `item_ids[${at}]`;
  const message = `${path}: there is no item "${itemIds[at]}" in the collection; check the id`;
  throw new KindredError('ITEM_NOT_FOUND', path, message);
}

function notesOf(figures: Figures, { content, collaborative }: Weights): string[] {
  const notes: string[] = [];
  const alone = figures.collaborative_rows === 0;
  if (content > 0 && !figures.has_taste) notes.push('The items have no vector yet: nothing similar by content');
  if (collaborative > 0 && alone) notes.push('Nobody who liked the items liked anything else yet');
  if (alone && figures.content_rows === 0) notes.push('Nothing similar was found: what is popular');
  return notes;
}
