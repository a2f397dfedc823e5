import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { type DescribedRows, fitFactorMap, mapFactors } from './factor-map.ts';

const random = seededRandom(3);
const noise = () => random() - 0.5;
const groups = Array.from({ length: 5 }, () => Float32Array.from({ length: 4 }, () => 4 * noise()));
const turn = Array.from({ length: 6 }, () => Float32Array.from({ length: 4 }, () => 4 * noise()));

/** 400 items of five groups; their factors are the group's, plus what a content vector tells by `told`, plus noise. */
function rowsOf({ told = 0, group = 1, many = 400 }): DescribedRows {
  const content = Float32Array.from({ length: 6 * many }, noise);
  const factors = new Float32Array(4 * many);
  for (let row = 0; row < many; row++) {
    for (let k = 0; k < 4; k++) {
      let factor = group * groups[row % 5]![k]! + 0.2 * noise();
      for (let at = 0; at < 6; at++) factor += told * content[row * 6 + at]! * turn[at]![k]!;
      factors[row * 4 + k] = factor;
    }
  }
  const columns = Uint32Array.from({ length: 2 * many }, (_, at) => (at % 2 === 0 ? 0 : 1 + ((at >> 1) % 5)));
  const offsets = Uint32Array.from({ length: many + 1 }, (_, row) => 2 * row);
  const counts = new Float64Array(many).fill(20);
  return { features: { offsets, columns }, featureCount: 6, content, factors, counts };
}

describe('a map from what is known of items to their factors', () => {
  it('gives an item of a known group the factors of the group', () => {
    const { map, explained } = fitFactorMap(rowsOf({}));
    const out = new Float32Array(4);
    mapFactors(map!, [0, 3], undefined, out);
    for (let k = 0; k < 4; k++) expect(out[k]).toBeCloseTo(groups[2]![k]!, 0);
    expect(explained).toBeGreaterThan(0.95);
    expect(map!.byContent).toBeUndefined();
  });

  it('adds what content tells beyond that, and does without where an item has none', () => {
    const rows = rowsOf({ told: 1 });
    const { map, explained } = fitFactorMap(rows);
    expect(explained).toBeGreaterThan(0.9);
    expect(fitFactorMap({ ...rows, content: undefined }).explained).toBeLessThan(explained - 0.1);
    const [alone, both] = [new Float32Array(4), new Float32Array(4)];
    const content = Float32Array.of(1, 0, 0, 0, 0, 0);
    mapFactors(map!, [0, 1], undefined, alone);
    mapFactors(map!, [0, 1], content, both);
    for (let k = 0; k < 4; k++) expect(both[k]! - alone[k]!).toBeCloseTo(turn[0]![k]!, 0);
  });

  it('is none where what is known says nothing of the factors', () => {
    const { map, explained } = fitFactorMap(rowsOf({ group: 0 }));
    expect(map).toBeUndefined();
    expect(explained).toBeLessThan(0.01);
  });

  it('learns more from items that more people met', () => {
    const rows = rowsOf({});
    const wrong = rows.factors.slice();
    const counts = Float64Array.from({ length: 400 }, (_, row) => (row % 3 === 0 ? 0.01 : 100));
    for (const [row, count] of counts.entries()) if (count < 1) wrong.fill(9, 4 * row, 4 * row + 4);
    const out = new Float32Array(4);
    mapFactors(fitFactorMap({ ...rows, factors: wrong, counts }).map!, [0, 3], undefined, out);
    for (let k = 0; k < 4; k++) expect(out[k]).toBeCloseTo(groups[2]![k]!, 0);
  });
});
