import { rrfFuse, shareFuse, signedShareFuse } from '@kindred/ranking';
import type { SearchSnapshot } from '@kindred/vector-index';
import type { PlannedPart, PlannedStage } from './plan-stages.ts';
import {
  type Among,
  byScore,
  type Candidate,
  type Found,
  type OnPool,
  type Ranked,
  scorePart,
  searchPart,
} from './rank-part.ts';

interface Run {
  snapshot: SearchSnapshot;
  /** Told of each search of the first pass. */
  onPool?: OnPool;
}

/** The stage's candidates, best first: of its own searches `depth` of each, behind stages those that they handed on. */
export async function rankStage(run: Run, planned: PlannedStage, depth: number): Promise<Ranked> {
  const { parts, stages } = planned;
  if (stages.length === 0) return rankParts(run, planned, depth);
  const handed: Candidate[][] = [];
  let cut = false;
  for (const one of stages) {
    const ranked = await rankStage(run, one, one.stage.limit);
    cut ||= ranked.cut || ranked.candidates.length > one.stage.limit;
    handed.push(ranked.candidates.slice(0, one.stage.limit).map((each) => labeled(each, one.stage.label)));
  }
  if (parts.length === 0) return { candidates: fuseStages(planned, handed), cut };
  const known = merged(handed);
  const collections = parts[0]!.leaves.length;
  const ranked = await rankParts(run, planned, known.size, idsOf(known.values(), collections));
  const candidates = ranked.candidates.map((each) => ({
    ...each,
    scores: { ...known.get(each.key)?.scores, ...each.scores },
  }));
  return { candidates, cut };
}

const labeled = (each: Candidate, label: string): Candidate => ({
  ...each,
  scores: { ...each.scores, [label]: each.score },
});

function fuseStages({ stage, stages }: PlannedStage, handed: readonly Candidate[][]): Candidate[] {
  const legs = handed.map((candidates, at) => ({ weight: stages[at]!.stage.weight, scores: scoresOf(candidates) }));
  const fused = stage.rrfK === undefined ? shareFuse(legs) : rrfFuse(legs, stage.rrfK);
  return scored(fused, merged(handed));
}

async function rankParts(run: Run, { stage, parts }: PlannedStage, depth: number, among?: Among): Promise<Ranked> {
  const { snapshot, onPool } = run;
  const found: Found[] = [];
  for (const part of parts) found.push(await searchPart(snapshot, part, depth, { among, onPool }));
  const pools = parts.map((part, at) => scorePart(part, found[at]!));
  const cut = found.some((one) => one.cut);
  if (!stage.mixed) return { candidates: pools[0]!, cut };
  const wanted = merged(pools.filter((_, at) => parts[at]!.part.weight > 0));
  const legs: { weight: number; scores: Map<string, number> }[] = [];
  for (const [at, part] of parts.entries()) {
    const scores = scoresOf(await completed(snapshot, part, found[at]!, { wanted, among }));
    legs.push({ weight: part.part.weight, scores });
    for (const candidate of wanted.values()) {
      const score = scores.get(candidate.key);
      if (score !== undefined) candidate.scores[part.part.label] = score;
    }
  }
  return { candidates: scored(signedShareFuse(legs), wanted), cut };
}

/** Enough to hold the best hit of each leg. */
const bestDepth = 10;

/**
 * The part's score of every candidate of the mix, also of those that another part found: so the order among them is exact.
 * Its best hits anywhere are there too, for shares are of the best.
 */
async function completed(
  snapshot: SearchSnapshot,
  part: PlannedPart,
  found: Found,
  { wanted, among }: { wanted: ReadonlyMap<string, Candidate>; among?: Among },
): Promise<Candidate[]> {
  if (among) return scorePart(part, found, await searchPart(snapshot, part, bestDepth));
  const known = new Set(scorePart(part, found).map(({ key }) => key));
  const lacking = [...wanted.values()].filter(({ key }) => !known.has(key));
  if (!found.cut || lacking.length === 0) return scorePart(part, found);
  const ids = idsOf(lacking, part.leaves.length);
  return scorePart(part, found, await searchPart(snapshot, part, lacking.length, { among: ids }));
}

const scoresOf = (candidates: readonly Candidate[]) => new Map(candidates.map(({ key, score }) => [key, score]));

/** Each candidate once, with the scores of all the lists that have it. */
function merged(lists: readonly (readonly Candidate[])[]): Map<string, Candidate> {
  const all = new Map<string, Candidate>();
  for (const each of lists.flat()) {
    all.set(each.key, { ...each, scores: { ...all.get(each.key)?.scores, ...each.scores } });
  }
  return all;
}

function scored(scores: ReadonlyMap<string, number>, candidates: ReadonlyMap<string, Candidate>): Candidate[] {
  const found = [...candidates.values()].map((each) => ({ ...each, score: scores.get(each.key) ?? 0 }));
  return found.sort(byScore);
}

function idsOf(candidates: Iterable<Candidate>, collections: number): Among {
  const ids: string[][] = Array.from({ length: collections }, () => []);
  for (const { collection, itemId } of candidates) ids[collection]!.push(itemId);
  return ids;
}
