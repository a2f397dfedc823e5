import type { Plan } from '@kindred/contracts';
import { duration } from './format.ts';

const modeOf = (legs: string[]) => (legs.includes('lexical') && legs.includes('dense') ? 'hybrid' : legs[0]);

/** "hybrid: bm25_exact + vector_exact, complete, 4.1 ms", with what else the plan notes. */
export function planLine(plan: Plan | undefined): string {
  if (plan === undefined) return '';
  const names = plan.legs.map((leg) => leg.name);
  const methods = plan.legs.map((leg) => (leg.method === '' || leg.method === leg.name ? leg.name : leg.method));
  const known = names.includes('lexical') || names.includes('dense');
  const legs = known ? `${modeOf(names)}: ${methods.join(' + ')}` : `sources: ${names.join(' + ')}`;
  const parts = [plan.legs.length > 0 ? legs : '', plan.complete ? 'complete' : 'not complete', duration(plan.tookMs)];
  return [parts.filter((part) => part !== '').join(', '), ...plan.notes].join('; ');
}

/** One line per leg: what --explain adds. */
export function planDetails(plan: Plan): string[] {
  const lines = plan.legs.map((leg) => {
    const settings = Object.entries(leg.settings).map(([name, value]) => `${name}=${value}`);
    return `  ${[`${leg.name}: ${leg.method}`, `${leg.rows} rows`, duration(leg.tookMs), ...settings].join(', ')}`;
  });
  const model = plan.model === '' ? [] : [`  model ${plan.model}, dense weight ${plan.denseWeight.toFixed(2)}`];
  return [...lines, ...model];
}
