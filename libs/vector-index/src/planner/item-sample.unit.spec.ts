import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { must, onField } from '../shop.fake.spec.ts';
import { ItemSample, type SampledItem } from './item-sample.ts';

const colors = ['red', 'blue', '검정'];
const items: SampledItem[] = Array.from({ length: 300 }, (_, at) => ({
  color: [colors[at % 3]!],
  price: at % 2 === 0 ? [at] : [],
  tags: at % 10 === 0 ? ['a', 'b'] : ['a'],
  at: [Date.UTC(2026, 0, 1 + (at % 30))],
  place: [[0, 0], [-179, 1], []][at % 3]!,
}));
const sample = new ItemSample(items);
const closeTo = (share: number, wanted: number) => expect(share).toBeCloseTo((wanted * 300 + 0.5) / 301, 9);

describe('a sample of items', () => {
  it('estimates the share that passes equality, lists, ranges, prefixes and existence', () => {
    closeTo(sample.shareOf(must(onField('color', { $case: 'equals', value: '검정' }))), 1 / 3);
    closeTo(sample.shareOf(must(onField('color', { $case: 'in', value: { values: ['red', 'blue', 'none'] } }))), 2 / 3);
    closeTo(sample.shareOf(must(onField('price', { $case: 'range', value: { gte: 100, lt: 200 } }))), 50 / 300);
    closeTo(sample.shareOf(must(onField('color', { $case: 'prefix', value: '검' }))), 1 / 3);
    closeTo(sample.shareOf(must(onField('price', { $case: 'exists', value: false }))), 1 / 2);
    closeTo(sample.shareOf(must(onField('tags', { $case: 'equals', value: 'b' }))), 1 / 10);
    closeTo(sample.shareOf(must(onField('at', { $case: 'range', value: { gte: '2026-01-16T00:00:00Z' } }))), 1 / 2);
  });

  it('knows that conditions go together', () => {
    const both = must(
      onField('tags', { $case: 'equals', value: 'b' }),
      onField('price', { $case: 'exists', value: true }),
    );
    closeTo(sample.shareOf(both), 1 / 10);
    closeTo(sample.shareOf({ ...both, mustNot: both.must.slice(1) }), 0);
    closeTo(sample.shareOf({ must: [], should: both.must, mustNot: [] }), 1 / 2);
  });

  it('estimates the share in a circle and in a box, over the antimeridian too', () => {
    const near = (longitude: number, meters: number) =>
      must(onField('place', { $case: 'radius', value: { center: { latitude: 0, longitude }, meters } }));
    closeTo(sample.shareOf(near(0, 1)), 1 / 3);
    closeTo(sample.shareOf(near(179, 400_000)), 1 / 3);
    const corners = { southWest: { latitude: -1, longitude: 170 }, northEast: { latitude: 1, longitude: 0 } };
    closeTo(sample.shareOf(must(onField('place', { $case: 'box', value: corners }))), 2 / 3);
    closeTo(sample.shareOf(must(onField('color', { $case: 'box', value: corners }))), 0);
  });

  it('takes a condition without a test to pass everywhere', () => {
    closeTo(sample.shareOf(must({ kind: { $case: 'field', value: { field: 'place', test: undefined } } })), 1);
  });

  it('never says none or more than all, whatever the filter', () => {
    const condition = fc.oneof(
      fc.constantFrom(...colors, '', 'none').map((value) => onField('color', { $case: 'equals', value })),
      fc.double({ noNaN: true }).map((gt) => onField('price', { $case: 'range', value: { gt } })),
      fc.boolean().map((value) => onField('nothing', { $case: 'exists', value })),
    );
    const list = fc.array(condition, { maxLength: 3 });
    fc.assert(
      fc.property(list, list, list, (all, some, none) => {
        const share = sample.shareOf({ must: all, should: some, mustNot: none });
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('says nothing of an empty collection that would divide by zero', () => {
    expect(new ItemSample([]).shareOf(must(onField('color', { $case: 'equals', value: 'red' })))).toBe(0.5);
  });
});
