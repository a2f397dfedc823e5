import type { Condition, Filter } from '@kindred/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { seeded } from '../../../../test/support/random.ts';
import { Cinema } from '../cinema.fake.spec.ts';

const films = 2_000;
const people = 60;
/** Films of every genre, and of how many one is. */
const shares = { half: 2, tenth: 10, fiftieth: 50, hundredth: 100, thousandth: 1_000, single: 2_000 };
const idOf = (film: number) => `film-${String(film).padStart(4, '0')}`;

const isGenre = (value: string): Condition => ({
  kind: { $case: 'field', value: { field: 'categories', test: { $case: 'equals', value } } },
});
/** An index finds what these demand. */
const found = (genre: string): Filter => ({ must: [isGenre(genre)], should: [], mustNot: [] });
/** The same, but said so that no index finds it: candidates are walked. */
const walked = (genre: string): Filter => ({ must: [], should: [], mustNot: [isNot(isGenre(genre))] });
const isNot = (condition: Condition): Condition => ({
  kind: { $case: 'filter', value: { must: [], should: [], mustNot: [condition] } },
});

describe.each(testDatabases())('Recommendations behind a filter on $name', ({ name, open }) => {
  let cinema: Cinema;

  beforeAll(async () => {
    cinema = await Cinema.open(await open(), name);
    const random = seeded(5);
    const genresOf = (film: number) =>
      Object.entries(shares).flatMap(([genre, every]) => (film % every === every - 1 ? [genre] : []));
    await cinema.put(
      ...Array.from({ length: films }, (_, film) => ({
        id: idOf(film),
        categories: genresOf(film),
        hidden: film % 17 === 0,
        stock: film % 13 === 0 ? 0 : 5,
        angle: (film * 90) / films,
      })),
    );
    const pick = () => Math.floor(films * random() ** 2);
    await cinema.did(
      ...Array.from({ length: people }, (_, person) => `user-${person}`).flatMap((user, person) =>
        Array.from({ length: person % 6 === 0 ? 2 : 40 }, () => ({
          user,
          item: idOf(pick()),
          type: ['view', 'like', 'purchase', 'dislike'][Math.floor(4 * random())]!,
        })),
      ),
    );
    await cinema.rebuild();
  }, 120_000);

  const answer = async (request: Parameters<Cinema['recommend']>[0]) => {
    const { hits, plan, nextPageToken } = await cinema.recommend(request);
    const byIndex = plan!.legs.some(({ method }) => method === 'filter_index');
    const shown = hits.map(({ itemId, score, reason }) => ({ itemId, score, reason }));
    return { hits: shown, complete: plan!.complete, nextPageToken, byIndex };
  };

  it.each(Object.keys(shares).flatMap((genre) => ['', 'home'].map((scenario) => [genre, scenario] as const)))(
    'are the same whether found or walked to: %s, scenario "%s"',
    async (genre, scenario) => {
      for (const userId of ['user-0', 'user-1', 'user-6', 'user-31', 'nobody']) {
        const request = { userId, scenario, limit: 15 };
        const [one, other] = await Promise.all(
          [found(genre), walked(genre)].map((filter) => answer({ ...request, filter })),
        );
        expect(other!.byIndex).toBe(false);
        expect(one!.byIndex).toBe(shares[genre as keyof typeof shares] > 10);
        expect(one!.hits).toEqual(other!.hits);
        expect([one!.complete, one!.nextPageToken !== '']).toEqual([other!.complete, other!.nextPageToken !== '']);
      }
    },
  );

  it('go on to the last item that matches, each once', async () => {
    for (const filter of [found('hundredth'), walked('hundredth')]) {
      const seen: string[] = [];
      for (let pageToken = ''; ; ) {
        const { hits, nextPageToken } = await answer({ userId: 'nobody', limit: 4, filter, pageToken });
        seen.push(...hits.map(({ itemId }) => itemId));
        if (nextPageToken === '') break;
        pageToken = nextPageToken;
      }
      const matching = Array.from({ length: films }, (_, film) => film).filter((film) => film % 100 === 99);
      const shown = matching.filter((film) => film % 17 !== 0 && film % 13 !== 0).map(idOf);
      expect(seen.toSorted()).toEqual(shown);
    }
  });

  it('lack an item from the moment that it is sold out', async () => {
    const request = { userId: 'nobody', filter: found('single') };
    expect(await cinema.ids(request)).toEqual([idOf(1_999)]);
    await cinema.put({ id: idOf(1_999), stock: 0 });
    expect(await cinema.ids(request)).toEqual([]);
    await cinema.put({ id: idOf(1_999), stock: 1 });
    expect(await cinema.ids(request)).toEqual([idOf(1_999)]);
  });
});
