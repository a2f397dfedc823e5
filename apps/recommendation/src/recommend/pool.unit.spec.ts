import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceName } from '../scenario/scenario.ts';
import { CommonNumbers } from '../tables/common-numbers.ts';
import { Pool } from './pool.ts';

const ids = fc.uniqueArray(
  fc.integer({ min: 0, max: 60 }).map((at) => `i${at}`),
  { maxLength: 40 },
);
const share = fc.double({ min: 0.01, max: 1, noNaN: true });
const foundBy = ids.chain((some) =>
  fc.array(share, { minLength: some.length, maxLength: some.length }).map((scores) => ({
    ids: some,
    scores,
    seeds: some.map(() => 'seed'),
  })),
);
const ordered = foundBy.map(({ ids: some, scores }) => ({ ids: some, shares: scores.toSorted((a, b) => b - a) }));

/** As a source that does not number its items. */
interface ById {
  ids: string[];
  scores: number[];
  /** Of each item; empty: none. */
  seeds: string[];
}

/** Numbers are shared by all pools, as they are by all answers. */
const common = new CommonNumbers();
const poolOf = (excluded: ReadonlySet<string>, fatigue: ReadonlyMap<string, number>) =>
  new Pool(common, excluded, fatigue);

function add(pool: Pool, name: SourceName, weight: number, { ids, scores, seeds }: ById): void {
  const by = seeds.length > 0 ? { by: [...seeds.keys()] } : {};
  const items = common.numbersOf(ids);
  pool.addOwn(name, weight, { items, scores, ...by, seeds: seeds.map((itemId) => ({ itemId })) });
}

describe('Pool', () => {
  it('adds up a person’s own sources, and takes the better of that and what everybody likes', () => {
    const pool = poolOf(new Set(), new Map());
    add(pool, 'collaborative', 0.6, { ids: ['a', 'b'], scores: [4, 2], seeds: ['x', 'y'] });
    add(pool, 'content', 0.4, { ids: ['b'], scores: [9], seeds: [] });
    pool.addGeneral('popular', 0.5, { ids: ['c', 'a'], shares: [1, 0.2] });
    expect(pool.best(3)).toEqual([
      expect.objectContaining({
        itemId: 'b',
        score: 0.7,
        source: 'content',
        shares: { collaborative: 0.5, content: 1 },
      }),
      expect.objectContaining({ itemId: 'a', score: 0.6, source: 'collaborative', seed: 'x' }),
      expect.objectContaining({ itemId: 'c', score: 0.5, source: 'popular' }),
    ]);
  });

  it('gives nothing that is excluded, of what everybody likes either, and lowers what is tired', () => {
    const pool = poolOf(new Set(['a']), new Map([['b', 0.1]]));
    pool.addGeneral('popular', 1, { ids: ['a', 'b', 'c'], shares: [1, 0.9, 0.5] });
    expect(pool.best(5).map(({ itemId }) => itemId)).toEqual(['c', 'b']);
  });

  it('tells of given items what the sources say, of everybody too, and leaves out what is excluded', () => {
    const pool = poolOf(new Set(['gone']), new Map());
    pool.addGeneral('popular', 0.5, { ids: ['gone', 'hit', 'flop'], shares: [1, 0.8, 0.1] });
    expect(pool.each(['flop', 'nowhere', 'gone', 'hit'])).toEqual([
      expect.objectContaining({ itemId: 'flop', score: 0.05, source: 'popular' }),
      { itemId: 'nowhere', score: 0, shares: {} },
      expect.objectContaining({ itemId: 'hit', score: 0.4, source: 'popular' }),
    ]);
  });

  it('orders some of the candidates as it orders all', () => {
    fc.assert(
      fc.property(foundBy, ordered, ids, ids, (own, popular, excluded, wanted) => {
        const made = () => {
          const pool = poolOf(new Set(excluded), new Map());
          add(pool, 'collaborative', 0.6, own);
          pool.addGeneral('popular', 0.5, popular);
          return pool;
        };
        expect(made().among(wanted)).toEqual(
          made()
            .all()
            .filter(({ itemId }) => wanted.includes(itemId)),
        );
      }),
    );
  });

  it('names a source that knows which item speaks, rather than factors', () => {
    const pool = poolOf(new Set(), new Map());
    const by = (ids: string[], seeds: string[] = []) => ({ ids, scores: ids.map(() => 1), seeds });
    add(pool, 'collaborative', 0.1, by(['a'], ['x']));
    add(pool, 'factors', 0.8, by(['a', 'b', 'c']));
    add(pool, 'next', 0.1, by(['b'], ['y']));
    pool.addGeneral('popular', 0.1, { ids: ['c'], shares: [1] });
    const causes = pool.all().map(({ itemId, source, seed }) => [itemId, source, seed]);
    expect(causes.toSorted()).toEqual([
      ['a', 'collaborative', 'x'],
      ['b', 'next', 'y'],
      ['c', 'factors', undefined],
    ]);
  });

  it('begins with the same hits however many are asked for', () => {
    const depth = fc.integer({ min: 1, max: 30 });
    const tired = fc.dictionary(
      fc.integer({ min: 0, max: 60 }).map((at) => `i${at}`),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        foundBy,
        foundBy,
        ordered,
        ordered,
        fc.record({ depth, tired, excluded: ids }),
        (one, other, popular, trending, how) => {
          const excluded = new Set(how.excluded);
          const own = (found: typeof one) => {
            const left = found.ids.flatMap((id, at) => (excluded.has(id) ? [] : [at]));
            return { ids: left.map((at) => found.ids[at]!), scores: left.map((at) => found.scores[at]!), seeds: [] };
          };
          const made = () => {
            const pool = poolOf(excluded, new Map(Object.entries(how.tired)));
            add(pool, 'collaborative', 0.6, own(one));
            add(pool, 'next', 0.3, own(other));
            pool.addGeneral('popular', 0.4, popular);
            pool.addGeneral('trending', 0.2, trending);
            return pool;
          };
          const all = made().all();
          const scores = (list: typeof all) => list.map(({ score }) => score);
          expect(scores(made().best(how.depth))).toEqual(scores(all.slice(0, how.depth)));
          expect(all.every(({ itemId }) => !excluded.has(itemId))).toBe(true);
          const pool = made();
          pool.best(3);
          expect(pool.best(how.depth)).toEqual(made().best(how.depth));
        },
      ),
    );
  });

  it('says of each candidate what adding up by ids says', () => {
    const sources = ['collaborative', 'factors', 'next'] as const;
    const weight = fc.double({ min: 0.01, max: 1, noNaN: true });
    const own = fc.tuple(...sources.map(() => fc.tuple(foundBy, weight)));
    fc.assert(
      fc.property(own, ordered, weight, ids, (found, popular, popularWeight, excluded) => {
        const pool = poolOf(new Set(excluded), new Map());
        const plain = new Map<string, Record<string, number>>();
        const note = (id: string, name: string, share: number) => plain.set(id, { ...plain.get(id), [name]: share });
        for (const [at, [{ ids: some, scores, seeds }, each]] of found.entries()) {
          add(pool, sources[at]!, each, { ids: some, scores, seeds });
          for (const [place, id] of some.entries()) note(id, sources[at]!, scores[place]! / Math.max(...scores));
          expect(pool.found(sources[at]!)).toBe(some.length);
        }
        pool.addGeneral('popular', popularWeight, popular);
        for (const [place, id] of popular.ids.entries()) {
          if (!excluded.includes(id)) note(id, 'popular', popular.shares[place]!);
        }
        const all = pool.all();
        expect(Object.fromEntries(all.map(({ itemId, shares }) => [itemId, shares]))).toEqual(
          Object.fromEntries(plain),
        );
        for (const { itemId, score, shares } of all) {
          const sum = sources.reduce((total, name, at) => total + (shares[name] ?? 0) * found[at]![1], 0);
          expect(score).toBeCloseTo(Math.max(sum, popularWeight * (shares.popular ?? 0)), 12);
          expect(pool.each([itemId])).toEqual(
            excluded.includes(itemId) ? [] : all.filter((one) => one.itemId === itemId),
          );
        }
        expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).sort((a, b) => b - a));
      }),
    );
  });
});
