import { describe, expect, it } from 'vitest';
import { type Segment, sameSegments, segmentText, wantedSegments } from './segments.ts';

const segment = (value: string, rows: number, field = 'brand'): Segment => ({ field, value, rows });
const valuesOf = (segments: readonly Segment[]) => segments.map(({ value }) => value);

describe('segments', () => {
  it('are the values that pay: not what is looked up as quickly, nor what is met anyway', () => {
    const common = [segment('few', 999), segment('some', 1_000), segment('half', 50_000), segment('most', 50_001)];
    expect(valuesOf(wantedSegments(common, 100_000))).toEqual(['half', 'some']);
    expect(wantedSegments([segment('all', 1_500)], 1_500)).toEqual([]);
  });

  it('are no more than a written row can be asked about', () => {
    const common = Array.from({ length: 50 }, (_, at) => segment(`brand ${at}`, 1_000 + at));
    const wanted = wantedSegments(common, 100_000);
    expect(wanted).toHaveLength(32);
    expect(wanted[0]!.value).toBe('brand 49');
  });

  it('are trees of categories, but for those that are met soon enough in the tree above', () => {
    const tree = (value: string, rows: number) => segment(value, rows, '@under');
    const common = [
      tree('a', 9_000),
      tree('a/b', 8_000),
      tree('a/b/c', 3_000),
      tree('a/b/c/d', 3_000),
      tree('ab', 5_000),
    ];
    expect(valuesOf(wantedSegments(common, 100_000))).toEqual(['a', 'ab', 'a/b/c']);
    expect(valuesOf(wantedSegments([segment('a', 9_000), tree('a/b', 8_000)], 100_000))).toEqual(['a', 'a/b']);
  });

  it('are built anew for a value that has doubled, a field that is new, or one that is gone, and for no less', () => {
    const built = [segment('acme', 5_000)];
    const same = (wanted: Segment[], fields = ['brand']) => sameSegments(built, wanted, fields);
    expect(same([segment('acme', 9_000)])).toBe(true);
    expect(same([])).toBe(true);
    expect(same([segment('acme', 5_000), segment('other', 1_999)])).toBe(true);
    expect(same([segment('acme', 5_000), segment('other', 2_000)])).toBe(false);
    expect(same([segment('acme', 5_000), segment('tools', 1_000, '@under')], ['brand', '@under'])).toBe(false);
    expect(same([], [])).toBe(false);
    expect(sameSegments([], [], ['brand'])).toBe(true);
  });

  it('are named as a filter names them', () => {
    expect(segmentText(segment('acme "pro"', 1))).toBe('brand = "acme \\"pro\\""');
    expect(segmentText({ field: '@under', value: '전자/음향' })).toBe('categories ~ "전자/음향/"');
    expect(segmentText({ field: 'sale', value: true })).toBe('sale = true');
  });
});
