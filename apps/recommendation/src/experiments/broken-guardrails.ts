import type { ArmResults } from '@kindred/contracts';
import { type Experiment, holdoutName } from './experiment.ts';

/** Arms that certainly cost more than is allowed, with the reason; those halted before are left out. */
export function brokenGuardrails(
  { guardrails, halted }: Pick<Experiment, 'guardrails' | 'halted'>,
  results: readonly ArmResults[],
): Record<string, string> {
  const broken: Record<string, string> = {};
  for (const { arm, metrics } of results) {
    if (arm === holdoutName || halted[arm] !== undefined) continue;
    for (const { metric, mostRelativeDrop } of guardrails) {
      const { relativeLow, relativeHigh } = metrics.find((one) => one.metric === metric)?.difference ?? {};
      if (relativeLow === undefined || relativeHigh === undefined || relativeHigh >= -mostRelativeDrop) continue;
      const range = `${percent(relativeLow)} to ${percent(relativeHigh)}`;
      broken[arm] = `${metric} fell by more than ${percent(mostRelativeDrop)}: ${range}`;
    }
  }
  return broken;
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
