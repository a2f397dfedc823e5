import { describe, expect, it } from 'vitest';
import { probesOf } from './index-recall.ts';

describe('the probes of an index', () => {
  it('have length one and lie nearer to one vector than to the other', () => {
    const [first] = probesOf([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    expect(Math.hypot(...first!)).toBeCloseTo(1);
    expect(first![0]! / first![1]!).toBeCloseTo(2);
  });
});
