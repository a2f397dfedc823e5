import type { CollectionRow, Matching } from '@kindred/vector-index';
import type { Person } from '../history/people-sql.ts';
import type { Scenario, StoredScenario } from '../scenario/scenario.ts';
import type { CheckedRequest } from './request.ts';

/** How an answer is made, beside what the caller asked for. */
export interface Recipe {
  person: Person;
  /**
   * What speaks for others: what the person did (or else what they picked), the given items, or what the person did last
   * and then the given items.
   */
  from: 'history' | 'items' | 'session';
  /** Picks, or the given items, the last one last. */
  itemIds: readonly string[];
  scenario: Scenario & Partial<Pick<StoredScenario, 'builtIn'>>;
  /** The content source is asked when the person's other sources have fewer candidates than this. */
  contentBelow: number;
  /** Popular and new items come after everything else: always, only when nothing else was found, or never. */
  fill: 'always' | 'when empty' | 'never';
  /** Only these are ordered, all of them. */
  among?: readonly string[];
  /** Empty: the person's own. */
  region: string;
  /** Of the source "trending". Absent: a week. */
  windowSeconds?: number;
}

export interface Asked {
  collection: CollectionRow;
  request: CheckedRequest;
  /** Decides order and membership of the hits: a page token belongs to one of these. */
  identity: unknown;
  /** What the scenario leaves to chance is drawn by it: the request's id. Absent: nothing is left to chance. */
  drawnBy?: string;
  signal?: AbortSignal;
  /** What the filter leaves, being read; absent: there is no filter, or it does not matter. */
  matching?: Promise<Matching>;
}
