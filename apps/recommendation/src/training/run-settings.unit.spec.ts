import { TrainRequest } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { checkResumed, searchOf } from './run-settings.ts';

describe('A request to train', () => {
  it.each([
    [{ settings: { epochs: 3 } }, 'settings.epochs'],
    [{ settings: { seed: 0 } }, 'settings.seed'],
    [{ dataset: 'movies-1' }, 'dataset'],
    [{ searchTrials: 4 }, 'search_trials'],
    [{ searchSeconds: 60 }, 'search_seconds'],
  ])('that goes on with a run is refused %j, which would be passed over', (more, field) => {
    const request = TrainRequest.fromPartial({ collection: 'films', resume: 20n, ...more });
    expect(() => checkResumed(request)).toThrow(expect.objectContaining({ code: 'FIELD_INVALID', field }));
  });

  it('goes on with a run by its number, with as many threads as wanted', () => {
    const bare = TrainRequest.fromPartial({ collection: 'films', resume: 20n, threads: 2, settings: {} });
    expect(() => checkResumed(bare)).not.toThrow();
  });

  it('searches for a time only where it searches', () => {
    const of = (searchTrials: number, searchSeconds: number) =>
      searchOf(TrainRequest.fromPartial({ searchTrials, searchSeconds }));
    expect([of(0, 0), of(4, 0), of(4, 60)]).toEqual([
      { trials: 0, seconds: 600 },
      { trials: 4, seconds: 600 },
      { trials: 4, seconds: 60 },
    ]);
    expect(() => of(0, 60)).toThrow(expect.objectContaining({ field: 'search_seconds' }));
  });
});
