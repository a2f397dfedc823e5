import { rrfFuse, shareFuse } from '@kindred/ranking';
import { type LeafHit, type LeafPool, type PlannedLeaf, type SearchSnapshot, under } from '@kindred/vector-index';
import type { PlannedPart, ReadLeaf } from './plan-stages.ts';

/** An item of one of the collections. */
export interface Candidate {
  key: string;
  /** Place of the collection in the query's. */
  collection: number;
  itemId: string;
  score: number;
  /** Of each leg, part and stage that found it. */
  scores: Record<string, number>;
}

export interface Ranked {
  /** Best first. */
  candidates: Candidate[];
  /** More may match than were looked at. */
  cut: boolean;
}

export type OnPool = (label: string, pool: LeafPool, leaf: ReadLeaf) => void;

/** Ids hold no control characters. */
export const keyOf = (collection: number, itemId: string) => `${itemId}\n${collection}`;

/** Ids among which to look, by place of the collection. */
export type Among = readonly (readonly string[])[];

/** What searches of a part found. */
export interface Found {
  /** By place of the collection. */
  hits: LeafHit[][];
  cut: boolean;
  /** Scores that shares of each collection's legs begin at: what a leg left out may score as much. */
  floors: LeafPool['floors'][];
}

/** The best `depth` of each collection; with `among` those of these items alone. */
export async function searchPart(
  snapshot: SearchSnapshot,
  { part, leaves }: PlannedPart,
  depth: number,
  { among, onPool }: { among?: Among; onPool?: OnPool } = {},
): Promise<Found> {
  const found: Found = { hits: [], cut: false, floors: [] };
  let vector: unknown;
  for (const [at, leaf] of leaves.entries()) {
    const where = leaves.length > 1 ? `collection "${leaf.collection.name}"` : '';
    const run = async () => {
      if (at === 1 && fromItems(leaf)) vector = await exampleVector(snapshot, leaves[0]!);
      return snapshot.pool(at === 0 ? leaf : withVector(leaf, vector), depth, among?.[at]);
    };
    const pool = await under(part.path, run, where);
    onPool?.(part.label, pool, leaf);
    found.hits.push(pool.hits);
    found.cut ||= pool.cut;
    found.floors.push(pool.floors);
  }
  return found;
}

/**
 * The part's candidates, best first. What several searches or collections found is fused anew: each leg's scores count as
 * shares of its best in all of them. Closenesses by one model compare; BM25 does, about, in units of `largestIdf`.
 */
export function scorePart({ part, leaves }: PlannedPart, ...found: readonly Found[]): Candidate[] {
  const units = leaves.map((leaf) => (leaves.length > 1 ? largestIdf(leaf) : 1));
  const hits = found.flatMap((one) =>
    one.hits.flatMap((list, at) => list.map((hit) => ({ ...hit, at, words: hit.lexical && hit.lexical / units[at]! }))),
  );
  const several = found.length > 1 || leaves.length > 1;
  const floors = found.flatMap((one) =>
    one.floors.map(({ lexical, dense }, at) => ({ words: lexical / units[at]!, dense })),
  );
  const fused = several ? fusedLegs(hits, leaves[0]!, floors) : undefined;
  const candidates = new Map<string, Candidate>();
  for (const hit of hits) {
    const key = keyOf(hit.at, hit.itemId);
    const score = fused?.get(key) ?? hit.score;
    const scores = scoresOf(part.label, hit, score);
    candidates.set(key, { key, collection: hit.at, itemId: hit.itemId, score, scores });
  }
  const all = [...candidates.values()];
  return several ? all.sort(byScore) : all;
}

export const byScore = (left: Candidate, right: Candidate) =>
  right.score - left.score || (left.key < right.key ? -1 : left.key > right.key ? 1 : 0);

function scoresOf(label: string, { lexical, dense }: LeafHit, score: number): Record<string, number> {
  if (label !== '') return { [label]: score };
  return { ...(lexical !== null && { lexical }), ...(dense !== null && { dense }) };
}

/** Of a term that one item of the collection has, about: the more items, the more a rare word counts in BM25. */
const largestIdf = ({ legs }: PlannedLeaf) => Math.log(2 + Number(legs.collectionItems));

interface PlacedHit extends LeafHit {
  at: number;
  /** BM25 in units that compare across collections. */
  words: number | null;
}

/** Undefined where the scores stay as they are: of one leg alone. */
function fusedLegs(
  hits: readonly PlacedHit[],
  { legs: { fusion } }: PlannedLeaf,
  floors: readonly { words: number; dense: number }[],
): Map<string, number> | undefined {
  const legOf = (leg: 'words' | 'closeness') =>
    new Map(hits.flatMap((hit) => (hit[leg] === null ? [] : [[keyOf(hit.at, hit.itemId), hit[leg]] as const])));
  const [words, dense] = [legOf('words'), legOf('closeness')];
  const highest = (leg: 'words' | 'dense') => Math.max(0, ...floors.map((one) => one[leg]));
  if (dense.size === 0) return words;
  if (words.size === 0) return undefined;
  if (fusion.method === 'rrf') {
    const legs = [words, dense].map((scores) => ({ weight: 1, scores }));
    return rrfFuse(legs, fusion.k);
  }
  return shareFuse([
    { weight: 1 - fusion.denseWeight, scores: words, floor: highest('words') },
    { weight: fusion.denseWeight, scores: dense, floor: highest('dense') },
  ]);
}

const fromItems = ({ request: { by } }: PlannedLeaf) => by.kind === 'items' || by.kind === 'recommend';

/** Example items are of the first collection; what they look like is searched in the others. */
async function exampleVector(snapshot: SearchSnapshot, first: PlannedLeaf): Promise<unknown> {
  const found = await snapshot.queryVector(first);
  return found && snapshot.vector(found);
}

function withVector(leaf: PlannedLeaf, vector: unknown): PlannedLeaf {
  const { request, legs } = leaf;
  if (!fromItems(leaf)) return leaf;
  if (vector === undefined || !legs.dense) return { ...leaf, legs: { ...legs, dense: undefined } };
  const by = { kind: 'vector' as const, values: [], model: '' };
  return { ...leaf, request: { ...request, by }, legs: { ...legs, dense: { ...legs.dense, vector } } };
}
