import { randomizedOrder, seededRandom } from '@kindred/ranking';
import { describe, expect, it } from 'vitest';
import type { SourceWeights } from '../scenario/scenario.ts';
import { replay } from './replay.ts';
import { type NotedAnswer, replayedAnswer } from './replayed-answer.ts';

const items = Array.from({ length: 12 }, (_, at) => `상품${at}`);
const looks = (place: number) => 1 / (place + 1);
const logged: SourceWeights = { popular: 0.9, collaborative: 0.1 };

/** A log of a place that shows 4 of 12 items: people turn to what `collaborative` knows, and the shop ranks by `popular`. */
function log(people: number, randomize: { share: number; depth: number }, seed: number): NotedAnswer[] {
  const random = seededRandom(seed);
  return Array.from({ length: people }, (_, at) => {
    const found = items.map((id) => ({ id, shares: { popular: random(), collaborative: random() } }));
    const score = ({ shares }: (typeof found)[number]) => Math.max(0.9 * shares.popular, 0.1 * shares.collaborative);
    found.sort((left, right) => score(right) - score(left));
    const shown = randomizedOrder(found, randomize, random).items.slice(0, 4);
    const clicks = shown.map(({ shares }, place) => (random() < looks(place) * shares.collaborative ? 1 : 0));
    const conversions = clicks.map((click) => (click && random() < 0.3 ? 1 : 0));
    return {
      request_id: `r${at}`,
      asked_at: '2026-11-29 09:00:00+00',
      unit: at % 5 === 0 ? '' : `u${Math.floor(at / 3)}`,
      item_ids: shown.map(({ id }) => id),
      candidates: { ...randomize, sources: logged, items: found },
      clicks,
      conversions,
      revenue: conversions.map((bought) => (bought ? Math.round(10_000 * random()) : 0)),
    };
  });
}

const answersOf = (noted: NotedAnswer[], sources: SourceWeights) => noted.map((one) => replayedAnswer(one, sources));
const personal: SourceWeights = { collaborative: 1 };
/** Expected clicks where the best four of twelve uniform shares come first, in their order. */
const best = [12, 11, 10, 9].reduce((sum, rank, place) => sum + looks(place) * (rank / 13), 0);
const byChance = [0, 1, 2, 3].reduce((sum, place) => sum + looks(place) / 2, 0);

describe('replay', () => {
  const noted = log(4_000, { share: 0.5, depth: 12 }, 1);

  it('finds what another setting is worth, and how much more than the one that answered', async () => {
    const { metrics, answers, units, unsupported } = await replay(answersOf(noted, personal));
    expect({ answers, unsupported }).toEqual({ answers: 4_000, unsupported: 0 });
    expect(units).toBe(new Set(noted.map(({ unit, request_id }) => unit || request_id)).size);
    for (const { ranked, replayed, difference } of metrics[0]!.estimates) {
      for (const [{ low, high }, truth] of [
        [ranked, byChance],
        [replayed, best],
        [difference, best - byChance],
      ] as const) {
        expect(low).toBeLessThan(truth);
        expect(high).toBeGreaterThan(truth);
      }
    }
    expect(metrics.map(({ metric, verdict }) => [metric, verdict.split(':')[0]])).toEqual([
      ['click', 'more clicks'],
      ['conversion', 'more conversions'],
      ['revenue', 'more revenue'],
    ]);
  });

  it('finds no difference of a setting from itself, and calls a worse one worse', async () => {
    const same = await replay(answersOf(noted, logged));
    expect(same.changed).toBe(0);
    expect(same.metrics[0]!.estimates[0]!.difference).toEqual({ value: 0, low: 0, high: 0 });
    expect(same.metrics[0]!.verdict).toMatch(/^no difference in clicks seen/);
    const turned = noted.map((one) => ({ ...one, clicks: one.clicks.map((click) => 1 - click) }));
    expect((await replay(answersOf(turned, personal))).metrics[0]!.verdict).toMatch(/^fewer clicks/);
  });

  it('says that it cannot tell where few answers agree, or items were never shown there', async () => {
    const few = await replay(answersOf(noted.slice(0, 60), personal));
    expect(few.metrics[0]!.verdict).toMatch(/^too little to tell: .* are worth \d+ places/);
    const shallow = await replay(answersOf(log(4_000, { share: 0.9, depth: 5 }, 2), personal));
    expect(shallow.unsupported).toBeGreaterThan(0.4);
    expect(shallow.metrics[0]!.verdict).toMatch(/^cannot be told: \d+(\.\d)? % of its places .* raise randomize.depth/);
  });

  it('clips weights only where it is told to', async () => {
    expect((await replay(answersOf(noted, personal))).clipped).toBe(0);
    expect((await replay(answersOf(noted, personal), 5)).clipped).toBeGreaterThan(0);
  });

  it('judges the places that are drawn, however long the page', () => {
    const one = replayedAnswer({ ...noted[0]!, candidates: { ...noted[0]!.candidates, depth: 3 } }, personal);
    expect([one.shown, one.ranked, one.replayed].map(({ length }) => length)).toEqual([3, 3, 3]);
  });
});
