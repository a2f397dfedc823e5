import type { ArmResults } from '@kindred/contracts';
import { type Experiment, holdoutName } from './experiment.ts';

/** One-sided normal quantile of 1e-4: looks are many, and a false alarm costs an experiment. */
const alarming = 3.72;
/** Below this the approximation does not hold. */
const leastExpected = 10;

/**
 * Whether people were not divided as the weights say: then something keeps people of an arm from being noted, and differences say
 * nothing (sample ratio mismatch, Fabijan et al. 2019). Chi-square test, by the approximation of Wilson and Hilferty (1931).
 */
export function hasRatioMismatch({ arms, holdout, kind, halted }: Experiment, results: readonly ArmResults[]): boolean {
  // A halted arm gets nobody while the others go on; interleaved arms have the same people.
  if (Object.keys(halted).length > 0 || kind === 'interleave') return false;
  const held = holdout?.share ?? 0;
  const weights = arms.reduce((sum, { weight }) => sum + weight, 0);
  const shares = new Map(arms.map(({ name, weight }) => [name, (1 - held) * (weight / weights)]));
  if (holdout) shares.set(holdoutName, held);
  const people = results.reduce((sum, { units }) => sum + Number(units), 0);
  const expected = results.map(({ arm }) => shares.get(arm)! * people);
  if (Math.min(...expected) < leastExpected) return false;
  const chiSquare = results.reduce(
    (sum, { units }, at) => sum + (Number(units) - expected[at]!) ** 2 / expected[at]!,
    0,
  );
  const freedom = results.length - 1;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread) > alarming;
}
