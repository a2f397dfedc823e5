import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breadthFor, type IndexRecall, probesOf, recallWith } from './index-recall.ts';

const point = (efSearch: number, recall: number, error = 0.01) => ({ efSearch, recall, error });
const curve = (...points: IndexRecall['points']): IndexRecall => ({
  points,
  probes: 100,
  rows: 20_000,
  measuredAt: new Date(0),
});
const measured = curve(point(20, 0.81), point(80, 0.91), point(320, 1, 0));

describe('the curve of an index', () => {
  it('gives the breadth that has the recall for sure, less its standard error', () => {
    expect(breadthFor(measured, 0.5)).toBe(20);
    expect(breadthFor(measured, 0.8)).toBe(20);
    expect(breadthFor(measured, 0.85)).toBe(40);
    expect(breadthFor(measured, 0.9)).toBe(80);
    expect(breadthFor(measured, 0.95)).toBe(160);
    expect(breadthFor(measured, 0.999)).toBeLessThanOrEqual(320);
  });

  it('goes on beyond the broadest search as if what is missed fell with the breadth', () => {
    expect(breadthFor(curve(point(100, 0.98, 0)), 0.99)).toBe(200);
    expect(breadthFor(curve(point(100, 0.98, 0)), 1)).toBeGreaterThan(1_000);
  });

  it('gives the recall of a breadth, and of none more than was measured', () => {
    expect(recallWith(measured, 10)).toBe(0.81);
    expect(recallWith(measured, 40)).toBeCloseTo(0.86);
    expect(recallWith(measured, 80)).toBe(0.91);
    expect(recallWith(measured, 1_000)).toBe(1);
  });

  it('never narrows a search for more recall', () => {
    const recall = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(recall, { minLength: 1, maxLength: 7 }), recall, recall, (recalls, one, another) => {
        const any = curve(...recalls.map((value, at) => point(20 * 2 ** at, value, 0.02)));
        const [less, more] = [Math.min(one, another), Math.max(one, another)];
        expect(breadthFor(any, less)).toBeLessThanOrEqual(breadthFor(any, more));
        expect(breadthFor(any, less)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('the probes of an index', () => {
  it('have length one and lie nearer to one vector than to the other', () => {
    const [first] = probesOf([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    expect(Math.hypot(...first!)).toBeCloseTo(1);
    expect(first![0]! / first![1]!).toBeCloseTo(2);
  });
});
