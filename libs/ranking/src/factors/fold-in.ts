import { type RankDecay, rankWeight } from '../rank-weight.ts';
import { ridgeOf } from './implicit-als.ts';
import { RowSolver } from './row-solver.ts';

/** What folding in needs of a trained model beside the item factors, which stand in the principal axes of their Gramian. */
export interface FactorModel {
  dimensions: number;
  /** alpha_0, lambda and nu of the training. */
  unobserved: number;
  regularization: number;
  exponent: number;
  /** Items that were trained on. */
  itemCount: number;
  /** Eigenvalues of the Gramian of all item factors. */
  spectrum: Float64Array;
}

export interface FoldEvent {
  itemId: string;
  /** Milliseconds since 1970. */
  occurredAt: number;
  /** Above 0 speaks for the item, below 0 against it, 0 says nothing; the absolute value is the confidence. */
  strength: number;
  /** The item's factors. */
  factors: Float32Array;
}

const noDecay: RankDecay = { halfLife: Number.POSITIVE_INFINITY };
/** A weight this small would only add rounding. */
const leastWeight = 1e-6;

/**
 * The vector a training would give a user with these events: exact least squares against the item factors (Hu, Koren and
 * Volinsky 2008, equation 4), in as many dimensions as there are items where those are fewer. Events of one item count once:
 * one against it beats those for it, else the strongest counts; the newest says when. So neither the order nor a
 * repetition of events changes a bit of the answer. `decay` is by the place of an item among all, the newest first.
 * Undefined where no event speaks for an item. Throws RangeError for factors of other dimensions, or that are not finite.
 */
export function foldIn(
  model: FactorModel,
  events: readonly FoldEvent[],
  decay: RankDecay = noDecay,
): Float32Array | undefined {
  const { dimensions, spectrum, unobserved, itemCount } = model;
  const items = judgedItems(events);
  const weights: number[] = [];
  const kept = items.filter(({ strength }, rank) => {
    const weight = strength * rankWeight(rank, decay);
    if (Math.abs(weight) < leastWeight) return false;
    weights.push(weight);
    return true;
  });
  if (!weights.some((weight) => weight > 0)) return undefined;
  const factors = new Float32Array(kept.length * dimensions);
  kept.forEach((item, at) => {
    if (item.factors.length !== dimensions) {
      throw new RangeError(`Factors of ${item.factors.length} dimensions, where the model has ${dimensions}`);
    }
    factors.set(item.factors, at * dimensions);
  });
  const ridge = ridgeOf(model, kept.length, itemCount);
  const diagonal = spectrum.map((value) => unobserved * value + ridge);
  const rows = {
    offsets: Uint32Array.of(0, kept.length),
    columns: Uint32Array.from(kept, (_, at) => at),
    weights: Float32Array.from(weights),
  };
  const vector = new Float32Array(dimensions);
  solverOf(dimensions).solve(rows, 0, { factors, diagonal }, vector, 0);
  return vector;
}

/** Each has memories of WebAssembly: making them takes longer than solving. */
const solvers = new Map<number, RowSolver>();

function solverOf(dimensions: number): RowSolver {
  const solver = solvers.get(dimensions) ?? new RowSolver(dimensions);
  solvers.set(dimensions, solver);
  return solver;
}

/** One event per item, newest first; equal times by item id. */
function judgedItems(events: readonly FoldEvent[]): FoldEvent[] {
  const byItem = new Map<string, FoldEvent>();
  for (const event of events) {
    if (event.strength === 0) continue;
    const known = byItem.get(event.itemId);
    byItem.set(event.itemId, known ? merged(known, event) : event);
  }
  const byIdOrder = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
  return [...byItem.values()].sort(
    (left, right) => right.occurredAt - left.occurredAt || byIdOrder(left.itemId, right.itemId),
  );
}

function merged(left: FoldEvent, right: FoldEvent): FoldEvent {
  const low = Math.min(left.strength, right.strength);
  const strength = low < 0 ? low : Math.max(left.strength, right.strength);
  return { ...left, strength, occurredAt: Math.max(left.occurredAt, right.occurredAt) };
}
