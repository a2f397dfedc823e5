import type { AlsSettings, AlsState, Prepared, Side } from '@kindred/ranking';

/** What a thread starts with; the arrays are views of shared memory. */
export interface AlsThreadData {
  state: AlsState;
  settings: AlsSettings;
}

interface Range {
  side: Side;
  from: number;
  to: number;
}

export type AlsTask =
  | ({ step: 'gramian' } & Range)
  | { step: 'axes'; lower: Float64Array }
  | ({ step: 'turn'; axes: Prepared } & Range)
  | ({ step: 'solve'; axes: Prepared } & Range)
  | { step: 'penalty'; side: Side };

export interface AlsTaskResult {
  gramian?: Float64Array;
  axes?: Prepared;
  loss?: number;
  failed?: string;
}
