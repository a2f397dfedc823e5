import { KindredError } from '@kindred/contracts';
import type { Reranker } from '@kindred/embedder';
import { type CollectionRow, contentOf, type LiveItemRow } from '@kindred/vector-index';
import type { Rerank } from './composed-query.ts';
import type { Known } from './gather.ts';

/** Characters of an item that are read: more than the 512 tokens of common rerankers. */
const longestText = 4_096;

export interface RerankInput {
  reranker: Reranker;
  rerank: Rerank;
  items: ReadonlyMap<string, LiveItemRow>;
  collections: readonly CollectionRow[];
  signal: AbortSignal;
}

export interface Reranked {
  candidates: Known[];
  /** Why the order is as it was; empty where it is new. */
  failure: string;
}

/**
 * The first candidates in the order of the reranker, with its scores; those behind keep places and scores. Whatever keeps
 * it from answering costs the new order, not the answer; a canceled call stays canceled.
 */
export async function rerankHits(candidates: readonly Known[], input: RerankInput): Promise<Reranked> {
  const { reranker, rerank, items, collections, signal } = input;
  const first = candidates.slice(0, rerank.depth);
  const texts = first.map(({ key, collection }) => textOf(items.get(key), collections[collection]!));
  if (first.length === 0) return { candidates: [], failure: '' };
  try {
    const scores = await reranker.rerank(rerank.text, texts, signal);
    const ordered = first
      .map((each, at) => ({ ...each, score: scores[at]!, scores: { ...each.scores, rerank: scores[at]! }, at }))
      .sort((left, right) => right.score - left.score || left.at - right.at)
      .map(({ at: _, ...each }) => each);
    return { candidates: [...ordered, ...candidates.slice(rerank.depth)], failure: '' };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KindredError)) throw error;
    return { candidates: [...candidates], failure: error.message };
  }
}

function textOf(item: LiveItemRow | undefined, { attributes }: CollectionRow): string {
  return item ? contentOf(item, attributes).slice(0, longestText).toWellFormed() : '';
}
