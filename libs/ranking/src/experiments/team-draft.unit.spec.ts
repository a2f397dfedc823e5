import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { teamDraft } from './team-draft.ts';

const ranking = fc.array(fc.constantFrom(...'가나다라abcdefgh'), { maxLength: 14 });
const draws = fc.integer();
const itemsOf = (team: number, drafted: ReturnType<typeof teamDraft>) =>
  drafted.filter((each) => each.team === team).map(({ item }) => item);

describe('teamDraft', () => {
  it('lets the teams take their best items in turn, the coin saying who begins each round', () => {
    const coins = [0.9, 0.1];
    expect(teamDraft(['a', 'b', 'c'], ['b', 'd', 'a'], 4, () => coins.shift()!)).toEqual([
      { item: 'b', team: 1 },
      { item: 'a', team: 0 },
      { item: 'c', team: 0 },
      { item: 'd', team: 1 },
    ]);
  });

  it('shows no item twice, and every item of both where there is room', () => {
    fc.assert(
      fc.property(ranking, ranking, draws, (left, right, seed) => {
        const items = teamDraft(left, right, 100, seededRandom(seed)).map(({ item }) => item);
        expect(new Set(items)).toEqual(new Set([...left, ...right]));
        expect(items).toHaveLength(new Set(items).size);
      }),
    );
  });

  it('begins a longer page with the shorter one', () => {
    fc.assert(
      fc.property(ranking, ranking, draws, fc.nat(20), (left, right, seed, most) => {
        const whole = teamDraft(left, right, 100, seededRandom(seed));
        expect(teamDraft(left, right, most, seededRandom(seed))).toEqual(whole.slice(0, most));
      }),
    );
  });

  it('goes on behind a shorter page, with what it did not show', () => {
    fc.assert(
      fc.property(ranking, ranking, draws, fc.integer({ min: 1, max: 9 }), (left, right, seed, limit) => {
        const whole = teamDraft(left, right, 100, seededRandom(seed));
        const pages: typeof whole = [];
        while (pages.length < whole.length) {
          const shown = new Set(pages.map(({ item }) => item));
          const unseen = [left, right].map((items) => items.filter((item) => !shown.has(item)));
          pages.push(...teamDraft(unseen[0]!, unseen[1]!, limit, seededRandom(seed), pages.length));
        }
        expect(pages).toEqual(whole);
      }),
    );
  });

  it('keeps the order of its own ranking within a team', () => {
    fc.assert(
      fc.property(ranking, ranking, draws, (left, right, seed) => {
        const drafted = teamDraft(left, right, 100, seededRandom(seed));
        for (const [team, own] of [left, right].entries()) {
          const places = itemsOf(team, drafted).map((item) => own.indexOf(item));
          expect(places).toEqual([...places].sort((one, other) => one - other));
        }
      }),
    );
  });

  it('keeps the teams equal but for one, at every place, until a ranking has run out', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...'abcdefghij'], { minLength: 10 }), draws, (right, seed) => {
        const drafted = teamDraft([...'abcdefghij'], right, 10, seededRandom(seed));
        for (let most = 0; most <= 10; most++) {
          const [one, other] = [0, 1].map((team) => itemsOf(team, drafted.slice(0, most)).length);
          expect(Math.abs(one! - other!)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('gives both teams every place equally often where the rankings are the same', () => {
    const random = seededRandom(3);
    const firsts = Array.from({ length: 4_000 }, () => teamDraft(['가', '나'], ['가', '나'], 1, random)[0]!.team);
    const share =
      itemsOf(
        1,
        firsts.map((team) => ({ item: '', team })),
      ).length / 4_000;
    expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 4_000));
  });
});
