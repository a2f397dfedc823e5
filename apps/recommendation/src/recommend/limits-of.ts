import { type CollectionRow, declaresAttribute } from '@kindred/vector-index';
import type { Scenario } from '../scenario/scenario.ts';

/** An attribute, and the most hits of one of its values. */
export interface ValueLimit {
  attribute: string;
  most: number;
}

export interface Limits {
  limits: ValueLimit[];
  /** Attributes that the collection declared when the scenario was, and does not any more: no hit has a value of them. */
  undeclared: string[];
}

/** What a scenario, and the diversity that is asked for or its own, allow of each value. */
export function limitsOf(
  { diversity, quotas }: Pick<Scenario, 'diversity' | 'quotas'>,
  collection: CollectionRow,
): Limits {
  const own = diversity?.attribute
    ? [{ attribute: diversity.attribute, most: diversity.maxPerValue ?? Number.POSITIVE_INFINITY }]
    : [];
  const all = [...own, ...quotas.map(({ attribute, maxPerValue }) => ({ attribute, most: maxPerValue }))];
  const gone = new Set(all.map(({ attribute }) => attribute).filter((name) => !declaresAttribute(name, collection)));
  return { limits: all.filter(({ attribute }) => !gone.has(attribute)), undeclared: [...gone] };
}
