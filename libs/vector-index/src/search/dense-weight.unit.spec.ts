import { describe, expect, it } from 'vitest';
import { analyze } from '../analyze.ts';
import { denseWeightFor, fusionFor, mostFor } from './dense-weight.ts';

describe('what the dense leg counts', () => {
  const terms = (text: string) => [...new Set(analyze(text))];

  it('grows with the number of terms up to what the model may count', () => {
    const weights = ['mouse', 'red mouse', 'red wireless mouse', 'what is a red wireless mouse of silent keys'].map(
      (text) => denseWeightFor(terms(text), 'onnx'),
    );
    expect(weights).toEqual([0.01, ...[2, 3, 9].map((n) => expect.closeTo((0.7 * (n - 1)) / (n + 1), 9))]);
    expect(denseWeightFor(terms('red mouse'), 'onnx', 0.3)).toBeCloseTo(0.1);
    expect(denseWeightFor(terms('red mouse'), 'onnx', 0)).toBe(0.01);
    expect(denseWeightFor([], 'built-in')).toBe(0.01);
  });

  it('does not count what the built-in model cannot know', () => {
    const question = '조용한 무선 마우스는 어떤 것이 있나요';
    expect(denseWeightFor(terms(question), 'built-in')).toBe(0.01);
    expect(denseWeightFor(terms(question), 'openai')).toBeGreaterThan(0.5);
    expect(denseWeightFor(terms('usb 무선 hub'), 'built-in')).toBeCloseTo(mostFor('built-in') / 3);
  });

  it('is what was asked for, where it was', () => {
    const all = { terms: terms('red mouse'), provider: 'onnx', most: 0.4 };
    expect(fusionFor({ method: 'normalized', denseWeight: 1 }, all)).toEqual({ method: 'normalized', denseWeight: 1 });
    expect(fusionFor({ method: 'rrf', k: 60 }, all)).toEqual({ method: 'rrf', k: 60 });
    expect(fusionFor({ method: 'normalized' }, all)).toMatchObject({ denseWeight: expect.closeTo(0.4 / 3, 9) });
  });
});
