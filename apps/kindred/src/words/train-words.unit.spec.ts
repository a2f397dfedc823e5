import { TrainingProgress } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { progressText } from './train-words.ts';

describe('progress of a training', () => {
  it('says how much of the corpus is read, then speed, time left and loss', () => {
    expect(progressText(TrainingProgress.fromPartial({}), 30, 40)).toBe('reading the corpus, 75%');
    expect(progressText(TrainingProgress.fromPartial({}), 0, 0)).toBe('reading the corpus');
    const progress = TrainingProgress.fromPartial({
      words: 5n,
      wordsPerSecond: 123_456.7,
      secondsLeft: 75.2,
      loss: 2.3456,
    });
    expect(progressText(progress, 40, 40)).toBe('123,457 words/s · ETA 1:15 · loss 2.346');
  });
});
