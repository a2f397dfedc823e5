import { describe, expect, it } from 'vitest';
import { type DenseFacts, denseChoices, efSearchFor, filteredEfSearch, recallOf } from './dense-planner.ts';

const facts: DenseFacts = { items: 100_000, share: 1, depth: 11, indexed: true, filtered: false, findable: false };
const chosen = (more: Partial<DenseFacts>) => denseChoices({ ...facts, ...more })[0]!.method;
const filtered = { filtered: true, findable: true };

describe('the planner', () => {
  it('takes the index of vectors without a filter, and behind filters that many pass', () => {
    expect(chosen({})).toBe('index');
    expect(chosen({ ...filtered, share: 0.5 })).toBe('index');
    expect(chosen({ ...filtered, share: 0.1 })).toBe('index');
  });

  it('finds the items first where few pass', () => {
    for (const share of [0.01, 0.001, 0.0001]) expect(chosen({ ...filtered, share })).toBe('exact_found');
  });

  it('looks at everything where no index serves a narrow filter, and where there is no index at all', () => {
    expect(chosen({ filtered: true, share: 0.0001 })).toBe('exact_filtered');
    expect(chosen({ indexed: false })).toBe('exact');
    expect(chosen({ indexed: false, filtered: true, share: 0.5 })).toBe('exact_filtered');
  });

  it('prefers finding the longer, the more rows are wanted', () => {
    const share = 0.03;
    expect(chosen({ ...filtered, share, depth: 11 })).toBe('index');
    expect(chosen({ ...filtered, share, depth: 101 })).toBe('exact_found');
  });

  it('looks at everything where too much stands outside of the index', () => {
    const items = 20_000;
    expect(chosen({ items, recent: { scanned: true, examined: 1_000 } })).toBe('index');
    expect(chosen({ items, recent: { scanned: true, examined: 19_500 } })).toBe('exact');
  });

  it('takes the graph of a segment where that is nearer than looking the items up, or meeting the others', () => {
    const segment = { rows: 10_000, share: 1 };
    expect(chosen({ ...filtered, share: 0.1, segment })).toBe('segment');
    expect(chosen({ ...filtered, share: 0.01, segment: { rows: 1_000, share: 1 } })).toBe('segment');
    expect(chosen({ ...filtered, share: 0.001, segment: { rows: 10_000, share: 0.01 } })).toBe('exact_found');
    expect(chosen({ ...filtered, share: 0.1, segment, indexed: false })).toBe('exact_found');
    expect(chosen({ ...filtered, share: 0.1, depth: 101, segment })).toBe('segment');
  });

  it('weighs all ways and names a reason for each', () => {
    const choices = denseChoices({ ...facts, ...filtered, share: 0.01 });
    expect(choices.map(({ method }) => method).sort()).toEqual(['exact_filtered', 'exact_found', 'index']);
    for (const { reason, estimatedMs } of choices) {
      expect(reason).toContain('about 1000 of 100000');
      expect(estimatedMs).toBeGreaterThan(0);
    }
  });

  it('widens the search for a higher recall, and for more rows', () => {
    expect(efSearchFor(0.95, 10)).toBe(48);
    expect(efSearchFor(0.99, 10)).toBe(240);
    expect(efSearchFor(0.9999, 10)).toBe(1_000);
    expect(filteredEfSearch(0.95, 110)).toBe(220);
    expect(filteredEfSearch(0.95, 110, true)).toBe(143);
    expect(efSearchFor(0.9, 400)).toBe(400);
    expect(recallOf(efSearchFor(0.97, 10))).toBeGreaterThanOrEqual(0.97);
  });
});
