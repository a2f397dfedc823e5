export interface Candidate {
  score: number;
  /** L2-normalised; undefined where the item has none. */
  vector: Float32Array | undefined;
  /** Values of the attribute that must not repeat too often. */
  values: readonly string[];
}

export interface Rules {
  /** 0: relevance alone; 1: difference alone. */
  strength: number;
  /** Most hits that share a value; undefined: any number. */
  maxPerValue: number | undefined;
}

/**
 * The best `most` candidates in their new order: each next one has the largest (1 - strength) x relevance - strength x
 * largest cosine to those before it (maximal marginal relevance, Carbonell and Goldstein 1998), and none exceeds
 * maxPerValue. Relevance is the score as a share of the best. A shorter answer is the beginning of a longer one.
 */
export function diversify<C extends Candidate>(candidates: readonly C[], rules: Rules, most: number): C[] {
  const best = Math.max(...candidates.map(({ score }) => score), Number.MIN_VALUE);
  const open = candidates.map((candidate) => ({ candidate, nearest: 0 }));
  const counts = new Map<string, number>();
  const chosen: C[] = [];
  while (chosen.length < most && open.length > 0) {
    const next = takeBest(open, rules.strength, best);
    if (!allowed(next, counts, rules.maxPerValue)) continue;
    for (const value of new Set(next.values)) counts.set(value, (counts.get(value) ?? 0) + 1);
    chosen.push(next);
    if (rules.strength > 0) bringNearer(open, next);
  }
  return chosen;
}

interface Open<C> {
  candidate: C;
  /** Largest cosine to a chosen one. */
  nearest: number;
}

function takeBest<C extends Candidate>(open: Open<C>[], strength: number, best: number): C {
  let at = 0;
  let high = Number.NEGATIVE_INFINITY;
  for (const [index, { candidate, nearest }] of open.entries()) {
    const value = (1 - strength) * (candidate.score / best) - strength * nearest;
    if (value > high) [at, high] = [index, value];
  }
  return open.splice(at, 1)[0]!.candidate;
}

function allowed(candidate: Candidate, counts: ReadonlyMap<string, number>, most: number | undefined): boolean {
  return most === undefined || candidate.values.every((value) => (counts.get(value) ?? 0) < most);
}

function bringNearer<C extends Candidate>(open: Open<C>[], chosen: C): void {
  for (const one of open) one.nearest = Math.max(one.nearest, cosine(one.candidate.vector, chosen.vector));
}

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) return 0;
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
