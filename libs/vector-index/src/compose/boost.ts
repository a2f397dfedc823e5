import type { Filter } from '@kindred/contracts';
import type { DecayShape } from '@kindred/ranking';

export interface Boost {
  /** As the contract calls it: "boosts[0]". */
  path: string;
  weight: number;
  value: BoostValue;
}

export type BoostValue =
  | { kind: 'filter'; filter: Filter }
  | { kind: 'popularity' }
  | { kind: 'field'; field: string; pivot: number; missing: number }
  | ({ kind: 'decay'; field: string; origin: unknown } & DecayShape);

export interface Diversity {
  strength: number;
  /** Empty where only strength is asked for. */
  attribute: string;
  maxPerValue: number;
}

export interface GroupBy {
  field: string;
  size: number;
}
