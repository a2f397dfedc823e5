import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultScenario } from '../scenario/built-in-scenarios.ts';
import { type PagePosition, positionOf } from './page-token.ts';
import { beginningOf, type Drawing, drawingOf, drawnPage, notedCandidates } from './randomized-page.ts';
import type { CheckedRequest } from './request.ts';

const randomize = { share: 0.5, depth: 6 };
const scenario = { ...defaultScenario, randomize };
const requestOf = (some: Partial<CheckedRequest> = {}) => ({ limit: 4, pageToken: '', ...some }) as CheckedRequest;
const hits = ['가', '나', '다', '라', '마', '바', '사', '아', '자', '차'];
const first = positionOf({ pageToken: '', limit: 4 }, 1);
const behind = (count: number, seed: number) => ({ ...first, seed, shown: { count } }) as PagePosition;
const pageOf = (drawing: Drawing, ranked: readonly string[], limit: number) =>
  drawnPage({ hits: ranked, more: false }, drawing, limit);

describe('drawingOf', () => {
  it('draws by the request, and goes on by the token of the page before', () => {
    const request = requestOf();
    const drawing = drawingOf({ request, drawnBy: 'r1' }, { scenario }, first)!;
    expect(drawing).toMatchObject({ ...randomize, before: 0 });
    expect(drawingOf({ request, drawnBy: 'r2' }, { scenario }, first)!.seed).not.toBe(drawing.seed);
    const next = drawingOf({ request, drawnBy: 'r2' }, { scenario }, behind(4, drawing.seed));
    expect(next).toEqual({ ...drawing, before: 4 });
  });

  it('leaves as ranked what nobody asked to draw, lists to be ordered, groups, and what lies behind', () => {
    const request = requestOf();
    expect(drawingOf({ request }, { scenario }, first)).toBeUndefined();
    expect(drawingOf({ request, drawnBy: 'r1' }, { scenario: defaultScenario }, first)).toBeUndefined();
    expect(drawingOf({ request, drawnBy: 'r1' }, { scenario, among: ['가'] }, first)).toBeUndefined();
    const groupBy = { field: 'brand', size: 1 } as unknown as CheckedRequest['groupBy'];
    expect(drawingOf({ request: requestOf({ groupBy }), drawnBy: 'r1' }, { scenario }, first)).toBeUndefined();
    expect(drawingOf({ request }, { scenario }, behind(8, 5))).toBeUndefined();
    expect(drawingOf({ request }, { scenario }, behind(4, 0))).toBeUndefined();
  });
});

describe('a drawn page', () => {
  it('goes on with the draws of the pages before: together they are the order as one long page has it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 10 }), (seed, limit) => {
        const shown: string[] = [];
        while (shown.length < hits.length) {
          const left = hits.filter((id) => !shown.includes(id));
          shown.push(...pageOf({ ...randomize, seed, before: shown.length }, left, limit).hits);
        }
        expect(shown).toEqual(pageOf({ ...randomize, seed, before: 0 }, hits, hits.length).hits);
        expect(shown.slice(randomize.depth)).toEqual(hits.slice(randomize.depth));
      }),
    );
  });

  it('is any order of what is left, whatever came or went since the first page, which says nothing of it', () => {
    const counts = new Map<string, number>();
    const draws = 6_000;
    for (let draw = 0; draw < draws; draw++) {
      const drawing = { share: 1, depth: 5, seed: 1 + draw * 7_919 };
      const shown = pageOf({ ...drawing, before: 0 }, hits, 2).hits;
      const [clicked] = shown;
      // What was clicked goes, so the sixth moves up; a new one comes first.
      const left = ['새로', ...hits.filter((id) => !shown.includes(id))];
      const [next] = pageOf({ ...drawing, before: 2 }, left, 2).hits;
      const rank = `${hits.indexOf(clicked!)} then ${left.indexOf(next!)}`;
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    expect(counts.size).toBe(5 * 3);
    const expected = draws / 15;
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  it('is drawn as often as declared', () => {
    const seeds = Array.from(
      { length: 4_000 },
      (_, at) => drawingOf({ request: requestOf(), drawnBy: `요청-${at}` }, { scenario }, first)!,
    );
    const drawn = seeds.filter((drawing) => pageOf(drawing, hits, 4).drawn).length;
    expect(Math.abs(drawn / 4_000 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 4_000));
  });

  it('knows whether more follows, of a beginning that holds what is noted', () => {
    const drawing = { ...randomize, seed: 7, before: 4 };
    expect(pageOf(drawing, hits.slice(4), 4).more).toBe(true);
    expect(pageOf(drawing, hits.slice(4), 6).more).toBe(false);
    expect(beginningOf({ request: requestOf() }, drawing).request.limit).toBe(12);
    expect(beginningOf({ request: requestOf({ limit: 100 }) }, drawing).request.limit).toBe(100);
  });
});

describe('notedCandidates', () => {
  it('keeps what an order is made of, of twice the depth', () => {
    const candidates = hits.map((itemId, at) => ({ itemId, score: 1 / (at + 1), shares: { popular: 1 / (at + 1) } }));
    const [first, ...others] = candidates;
    const given = [{ ...first!, boost: 0.5, fatigue: 0.8, explored: true }, ...others];
    const noted = notedCandidates(given, { share: 0.5, depth: 3, seed: 1, before: 0 }, { popular: 1 });
    expect(noted).toMatchObject({ share: 0.5, depth: 3, sources: { popular: 1 } });
    expect(noted.items).toHaveLength(6);
    expect(noted.items[0]).toEqual({ id: '가', shares: { popular: 1 }, boost: 0.5, fatigue: 0.8, explored: true });
    expect(noted.items[2]).toEqual({ id: '다', shares: { popular: 0.3333 } });
  });
});
