import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultScenario } from '../scenario/built-in-scenarios.ts';
import { pageToken } from './page-token.ts';
import { beginningOf, type Drawing, drawingOf, drawnPage, notedCandidates } from './randomized-page.ts';
import type { CheckedRequest } from './request.ts';

const randomize = { share: 0.5, depth: 6 };
const scenario = { ...defaultScenario, randomize };
const requestOf = (some: Partial<CheckedRequest> = {}) => ({ limit: 4, pageToken: '', ...some }) as CheckedRequest;
const hits = ['가', '나', '다', '라', '마', '바', '사', '아', '자', '차'];
const pageOf = (drawing: Drawing, offset: number, limit: number) =>
  drawnPage({ hits, more: false }, drawing, { offset, request: requestOf({ limit }) });

describe('drawingOf', () => {
  it('draws by the request, and goes on by the token of the page before', () => {
    const drawing = drawingOf({ request: requestOf(), drawnBy: 'r1' }, { scenario }, 0)!;
    expect(drawing).toMatchObject(randomize);
    expect(drawingOf({ request: requestOf(), drawnBy: 'r2' }, { scenario }, 0)!.seed).not.toBe(drawing.seed);
    const next = requestOf({ pageToken: pageToken(1, 4, drawing.seed) });
    expect(drawingOf({ request: next, drawnBy: 'r2' }, { scenario }, 4)).toEqual(drawing);
  });

  it('leaves as ranked what nobody asked to draw, lists to be ordered, groups, and what lies behind', () => {
    const request = requestOf();
    expect(drawingOf({ request }, { scenario }, 0)).toBeUndefined();
    expect(drawingOf({ request, drawnBy: 'r1' }, { scenario: defaultScenario }, 0)).toBeUndefined();
    expect(drawingOf({ request, drawnBy: 'r1' }, { scenario, among: ['가'] }, 0)).toBeUndefined();
    const groupBy = { field: 'brand', size: 1 } as unknown as CheckedRequest['groupBy'];
    expect(drawingOf({ request: requestOf({ groupBy }), drawnBy: 'r1' }, { scenario }, 0)).toBeUndefined();
    const token = (offset: number, seed: number) => ({ request: requestOf({ pageToken: pageToken(1, offset, seed) }) });
    expect(drawingOf(token(8, 5), { scenario }, 8)).toBeUndefined();
    expect(drawingOf(token(4, 0), { scenario }, 4)).toBeUndefined();
  });
});

describe('a drawn page', () => {
  it('fits to the pages before and behind it: together they are every hit once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 10 }), (seed, limit) => {
        const drawing = { ...randomize, seed };
        const shown: string[] = [];
        for (let offset = 0; offset < hits.length; offset += limit) {
          const page =
            offset < drawing.depth ? pageOf(drawing, offset, limit).hits : hits.slice(offset, offset + limit);
          shown.push(...page);
        }
        expect(shown.slice(drawing.depth)).toEqual(hits.slice(drawing.depth));
        expect(shown.toSorted()).toEqual(hits.toSorted());
      }),
    );
  });

  it('is drawn as often as declared', () => {
    const seeds = Array.from(
      { length: 4_000 },
      (_, at) => drawingOf({ request: requestOf(), drawnBy: `요청-${at}` }, { scenario }, 0)!,
    );
    const drawn = seeds.filter((drawing) => pageOf(drawing, 0, 4).drawn).length;
    expect(Math.abs(drawn / 4_000 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 4_000));
  });

  it('knows whether more follows, of a beginning that all pages have in common', () => {
    const drawing = { ...randomize, seed: 7 };
    expect(pageOf(drawing, 4, 4).more).toBe(true);
    expect(pageOf(drawing, 4, 6).more).toBe(false);
    const limits = [0, 4].map((offset) => beginningOf({ offset, request: requestOf() }, drawing));
    expect(limits[0]).toEqual(limits[1]);
    expect(limits[0]).toMatchObject({ offset: 0, request: { limit: 12 } });
  });
});

describe('notedCandidates', () => {
  it('keeps what an order is made of, of twice the depth', () => {
    const candidates = hits.map((itemId, at) => ({ itemId, score: 1 / (at + 1), shares: { popular: 1 / (at + 1) } }));
    const [first, ...others] = candidates;
    const given = [{ ...first!, boost: 0.5, fatigue: 0.8, explored: true }, ...others];
    const noted = notedCandidates(given, { share: 0.5, depth: 3, seed: 1 }, { popular: 1 });
    expect(noted).toMatchObject({ share: 0.5, depth: 3, sources: { popular: 1 } });
    expect(noted.items).toHaveLength(6);
    expect(noted.items[0]).toEqual({ id: '가', shares: { popular: 1 }, boost: 0.5, fatigue: 0.8, explored: true });
    expect(noted.items[2]).toEqual({ id: '다', shares: { popular: 0.3333 } });
  });
});
