import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breadthFor, pointOf, type RecallCurve, recallWith } from './recall-curve.ts';

const point = (efSearch: number, recall: number, error = 0.01) => ({ efSearch, recall, error });
const curve = (...points: RecallCurve['points']): RecallCurve => ({ points });
const measured = curve(point(20, 0.81), point(80, 0.91), point(320, 1, 0));

describe('the curve of an index', () => {
  it('knows a mean by what its queries found, and how sure that is', () => {
    expect(pointOf(20, [1, 0.8, 1, 0.8])).toEqual({
      efSearch: 20,
      recall: expect.closeTo(0.9),
      error: expect.closeTo(0.05),
    });
    expect(pointOf(20, [1, 1])).toEqual({ efSearch: 20, recall: 1, error: 0 });
  });

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
