import type { Kindred } from '@kindred/client';
import type { Query } from '../datasets.ts';
import { rerankDepth } from './search-process.ts';

export const modes = ['lexical', 'dense', 'hybrid', 'hybrid + rerank'] as const;
export type Mode = (typeof modes)[number];

/** Hits fetched: what R@100 and judged-only figures need. */
export const depth = 100;
/** Questions asked at a time. */
const clients = 2;

/** Ids by descending score, of as many queries as `queries`, each asked over gRPC with every default as it is. */
export async function servedRankings(
  kindred: Kindred,
  collection: string,
  queries: readonly Query[],
  mode: Mode,
): Promise<string[][]> {
  const rankings: string[][] = new Array(queries.length);
  const waiting = queries.entries();
  const client = async () => {
    for (const [at, { text }] of waiting) rankings[at] = await ranking(kindred, collection, text, mode);
  };
  await Promise.all(Array.from({ length: clients }, client));
  if (rankings.every((ids) => ids.length === 0)) throw new Error(`${mode}: no query of ${collection} found anything`);
  return rankings;
}

async function ranking(kindred: Kindred, collection: string, text: string, mode: Mode): Promise<string[]> {
  const rerank = mode === 'hybrid + rerank';
  const { hits, plan } = await kindred.query({
    collection,
    text,
    mode: rerank ? 'hybrid' : mode,
    limit: depth,
    with: { payload: false },
    ...(rerank && { rerank: { depth: rerankDepth } }),
  });
  const failed = plan!.notes.find((note) => /rerank|embedding is unavailable/i.test(note));
  if (failed) throw new Error(`${mode} of "${text}": ${failed}`);
  return hits.map((hit) => hit.itemId);
}
