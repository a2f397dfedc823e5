import { describe, expect, it } from 'vitest';
import { readFeatureDamping, writeFeatureDamping } from './feature-damping.ts';

describe('feature damping file', () => {
  it('gives back what was written, to 1/255', () => {
    const damping = new Map([
      [4_294_967_295, 0.5],
      [7, 1],
      [0, 0.0001],
    ]);
    const read = readFeatureDamping(writeFeatureDamping(damping));
    expect([...read.keys()]).toEqual([0, 7, 4_294_967_295]);
    expect(read.get(7)).toBe(1);
    expect(read.get(4_294_967_295)).toBeCloseTo(0.5, 2);
    expect(read.get(0)).toBeGreaterThan(0);
  });

  it('refuses another file and a file cut short', () => {
    const file = writeFeatureDamping(new Map([[1, 1]]));
    expect(() => readFeatureDamping(file.subarray(0, -1))).toThrow('cut short');
    expect(() => readFeatureDamping(new TextEncoder().encode('something else'))).toThrow('Not a feature damping file');
    expect(() => readFeatureDamping(new Uint8Array())).toThrow('Not a feature damping file');
  });
});
