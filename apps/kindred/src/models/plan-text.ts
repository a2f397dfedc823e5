import { modelName } from '@kindred/client';
import type { PlanMigrationResponse } from '@kindred/contracts';
import { renderFields } from '../output/fields.ts';
import { bytes, count, longTime, rate } from '../output/format.ts';
import { style } from '../output/style.ts';

/** What a migration would take, one line each. `itemsPerSecond`: the ceiling that was asked for. */
export function planText(collection: string, plan: PlanMigrationResponse, itemsPerSecond?: number): string {
  const { to } = plan;
  const measured = plan.inputsPerSecond > 0 ? `${rate(plan.inputsPerSecond)} texts/s, of a sample embedded now` : '';
  return [
    style('bold', `Another model for ${collection}`),
    renderFields([
      ['from', modelName(plan.from) || 'none'],
      ['to', to ? `${modelName(to)} (${to.provider}, ${count(to.dimensions)} dimensions, ${to.dtype})` : ''],
      ['rows', `${count(plan.items)} that get a vector`],
      ['texts to embed', `${count(plan.inputs)}, equal ones once`],
      ['characters', count(plan.characters)],
      ['measured rate', measured],
      ['highest rate', itemsPerSecond === undefined ? '' : `${rate(itemsPerSecond)} items/s, as asked for`],
      ['estimated time', longTime(estimatedSeconds(plan, itemsPerSecond))],
      ['estimated cost', costText(plan.estimatedCost)],
      ['vectors', bytes(plan.vectorBytes)],
    ]),
  ].join('\n');
}

/** The server does not know the ceiling yet: it can only make it longer. */
const estimatedSeconds = (plan: PlanMigrationResponse, itemsPerSecond?: number) =>
  itemsPerSecond === undefined
    ? plan.estimatedSeconds
    : Math.max(plan.estimatedSeconds, Number(plan.items) / itemsPerSecond);

function costText(cost: number | undefined): string {
  if (cost === undefined) return 'none: the provider has no price';
  return `${cost === 0 || cost >= 1 ? cost.toFixed(2) : cost.toPrecision(2)}, in the currency of the model's price`;
}
