import {
  type Hit,
  type HitGroup,
  type RecommendRequest,
  RecommendRequest as RecommendRequestMessage,
  type Scenario,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, type Film } from '../cinema.fake.spec.ts';

const genres = ['space', 'drama', '코미디', 'noir'];
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const filmOf = (id: string, at: number): Film => ({ id, categories: [genres[at % 4]!], angle: (at * 37) % 90 });
/** Of which the last twelve nobody has turned to. */
const films = Array.from({ length: 52 }, (_, at) => filmOf(`film '${at}' 🎬`, at));
const idOf = (at: number) => films[at]!.id;
/** Each fan likes a stretch of the films, so that these go together; those in the middle are liked most. */
const crowd = Array.from({ length: 36 }, (_, fan) =>
  Array.from({ length: 6 }, (_none, at) => ({
    user: `fan${fan}`,
    type: at % 2 === 0 ? 'like' : 'purchase',
    item: idOf((fan + at) % 40),
    at: minutesAgo(300 - fan - at),
  })),
).flat();
const likesOf = (item: string, fans = 30) =>
  Array.from({ length: fans }, (_, fan) => ({ user: `fan${fan}`, type: 'like', item, at: minutesAgo(1) }));

type Page = { hits: Hit[]; groups: HitGroup[]; nextPageToken: string };
type Paging = { limit: number; pageToken?: string };
type Ask = (cinema: Cinema, paging: Paging) => Promise<Page>;

const sources = [
  { name: 'collaborative', weight: 0.7 },
  { name: 'popular', weight: 0.3 },
];
const popular = (lift: number): Partial<RecommendRequest>['boosts'] => [
  { weight: lift, value: { $case: 'popularity', value: {} } },
];
const isSpace: RecommendRequest['filter'] = {
  must: [
    {
      kind: { $case: 'field', value: { field: 'genre', test: { $case: 'in', value: { values: genres.slice(0, 3) } } } },
    },
  ],
  should: [],
  mustNot: [],
};
const recommend =
  (request: Partial<RecommendRequest> = {}): Ask =>
  (cinema, paging) =>
    cinema.recommend({ userId: 'ann', ...request, ...paging }, { ...cinema.caller(), requestId: 'one for all pages' });
const declared = (scenario: Partial<Scenario>): Partial<Scenario> => ({ name: 'shelf', sources, ...scenario });
const shelf = recommend({ scenario: 'shelf' });

/** How pages are asked for, and what the shop declares before. */
const kinds: [string, Ask, Partial<Scenario>?][] = [
  ['Recommend', recommend()],
  ['Recommend for nobody', recommend({ userId: '' })],
  ['Recommend behind a filter', recommend({ filter: isSpace })],
  ['boosts', recommend({ boosts: popular(2) })],
  ['diversity', recommend({ diversity: { strength: 0.6, attribute: '' } })],
  ['groups', recommend({ groupBy: { field: 'item_id', size: 1 } })],
  ['exploration', shelf, declared({ exploration: { share: 0.3, maxAgeDays: 14 } })],
  [
    'exploration and diversity',
    shelf,
    declared({ exploration: { share: 0.3, maxAgeDays: 14 }, diversity: { strength: 0.4, attribute: '' } }),
  ],
  ['fatigue', shelf, declared({ fatigue: { freeImpressions: 0, factor: 0.5, windowDays: 14 } })],
  ['an order left to chance', shelf, declared({ randomize: { share: 1, depth: 20 } })],
  [
    'a share left to chance',
    shelf,
    declared({ randomize: { share: 0.5, depth: 20 }, diversity: { strength: 0.3, attribute: '' } }),
  ],
  ['Similar', (cinema, paging) => cinema.similar({ itemIds: [idOf(3)], ...paging })],
  ['Trending', (cinema, paging) => cinema.trending(paging)],
  ['NextInSession', (cinema, paging) => cinema.next({ userId: 'ann', ...paging })],
  [
    'Personalize',
    (cinema, paging) => cinema.personalize({ userId: 'ann', itemIds: films.map(({ id }) => id), ...paging }),
  ],
];

const keysOf = ({ hits, groups }: Page): string[] => [
  ...hits.map(({ itemId }) => itemId),
  ...groups.map(({ value }) => String(value)),
];

describe.each(testDatabases())('pages of recommendations while things happen on $name', ({ name, open }) => {
  let database: Database;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  async function opened(scenario?: Partial<Scenario>): Promise<Cinema> {
    const cinema = await Cinema.open(database, `stable-${name}-${++tenants}`);
    await cinema.put(...films);
    await cinema.did(...crowd, { user: 'ann', type: 'like', item: idOf(8), at: minutesAgo(9) });
    await cinema.rebuild();
    if (scenario) await cinema.putScenario(scenario);
    return cinema;
  }

  /** The person clicks one, buys one, another is hidden, one is sold out; a new one is liked by all; lists are rebuilt. */
  async function happens(cinema: Cinema, shown: readonly string[], turn: number): Promise<void> {
    const [clicked, , bought, hidden, gone] = shown;
    const fresh = filmOf(`새 "film" ${turn}`, turn);
    const seen = shown.map((item) => ({ user: 'ann', type: 'impression', item, at: minutesAgo(1) }));
    await cinema.put({ ...films[39 - turn]!, stock: 0 }, fresh);
    if (hidden && gone) await cinema.put({ id: hidden, hidden: true }, { id: gone, stock: 0 });
    if (clicked) await cinema.did({ user: 'ann', type: 'click', item: clicked, at: minutesAgo(1) });
    if (bought) await cinema.did({ user: 'ann', type: 'purchase', item: bought, at: minutesAgo(1) });
    await cinema.did(...likesOf(fresh.id), ...seen);
    if (turn % 2 === 0) await cinema.rebuild();
  }

  /** All pages, with what each turn brings, and what an answer of any length held at each of them. */
  async function turned(cinema: Cinema, ask: Ask, limit: number, happening = true) {
    const shown: string[] = [];
    let staying: string[] | undefined;
    for (let [pageToken, turn] = ['', 0]; ; turn++) {
      const whole = new Set(keysOf(await ask(cinema, { limit: 200 })));
      staying = [...(staying ?? whole)].filter((key) => whole.has(key));
      const page = await ask(cinema, { limit, pageToken });
      const keys = keysOf(page);
      shown.push(...keys);
      if (page.nextPageToken === '') return { shown, staying };
      expect(keys).toHaveLength(limit);
      pageToken = page.nextPageToken;
      if (happening) await happens(cinema, keys, turn);
    }
  }

  it.each(kinds)('show what stays exactly once, and nothing twice: %s', async (_, ask, scenario) => {
    const cinema = await opened(scenario);
    const { shown, staying } = await turned(cinema, ask, 7);
    expect(new Set(shown).size).toBe(shown.length);
    expect(staying.filter((id) => !shown.includes(id))).toEqual([]);
    expect(staying.length).toBeGreaterThan(5);
  });

  it.each(kinds)('are one long page where nothing happens: %s', async (_, ask, scenario) => {
    const cinema = await opened(scenario);
    const whole = keysOf(await ask(cinema, { limit: 200 }));
    for (const limit of [5, 8]) {
      const pages: string[] = [];
      for (let pageToken = ''; pages.length === 0 || pageToken !== ''; ) {
        const page = await ask(cinema, { limit, pageToken });
        pages.push(...keysOf(page));
        pageToken = page.nextPageToken;
      }
      expect(pages).toEqual(whole);
    }
  });

  it('count what was shown before in quotas, whatever better ones come', async () => {
    const quotas = [{ attribute: 'genre', maxPerValue: 3 }];
    const cinema = await opened(declared({ sources: [{ name: 'popular', weight: 1 }], quotas }));
    await cinema.did(...[12, 16, 20].flatMap((at) => likesOf(idOf(at), 20)));
    await cinema.rebuild();
    const shown: Hit[] = [];
    for (let pageToken = ''; shown.length === 0 || pageToken !== ''; ) {
      const { hits, nextPageToken } = await shelf(cinema, { limit: 3, pageToken });
      shown.push(...hits);
      pageToken = nextPageToken;
      // The first page is of space films; above them come dramas, and then other space films.
      const fresh = [1, 1, 1, 0, 0, 0].map((genre, at) => filmOf(`새로 ${at}`, genre));
      await cinema.put(...fresh);
      await cinema.did(...fresh.flatMap(({ id }, at) => likesOf(id, at < 3 ? 30 : 25)));
      await cinema.rebuild();
    }
    const counts = genres.map((genre) => shown.filter(({ item }) => item!.categories[0] === genre).length);
    expect(counts).toEqual([3, 3, 3, 3]);
    const dramas = shown.slice(3, 6).map(({ itemId }) => itemId);
    expect(dramas.toSorted()).toEqual(['새로 0', '새로 1', '새로 2']);
  });

  it('are drafted from what neither arm has shown, and are noted so', async () => {
    for (const happening of [true, false]) {
      const cinema = await opened(declared({ sources: [{ name: 'popular', weight: 1 }] }));
      const arms = ['default', 'shelf'].map((scenario) => ({ name: scenario, scenario }));
      await cinema.begin({ name: '섞기', scenario: 'default', kind: 'interleave', arms });
      const draft: Ask = (of, paging) => of.recommend({ userId: 'ann', ...paging });
      const whole = keysOf(await draft(cinema, { limit: 200 }));
      const { shown, staying } = await turned(cinema, draft, 5, happening);
      expect(new Set(shown).size).toBe(shown.length);
      expect(staying.filter((id) => !shown.includes(id))).toEqual([]);
      if (!happening) expect(shown).toEqual(whole);
      const noted = (await cinema.noted('섞기')).filter(({ item_ids: ids }) => ids.length <= 5);
      expect(noted.flatMap(({ item_ids: ids }) => ids)).toEqual(shown);
      const teams = noted.flatMap((page) => page.teams!);
      // A round is one of each team, over the ends of pages too.
      expect(teams.slice(0, 20).every((team, at) => at % 2 === 0 || team !== teams[at - 1])).toBe(true);
    }
  });

  it('are remembered when an absence is explained, though the item is far behind by now', async () => {
    const cinema = await opened();
    const { hits, nextPageToken: pageToken } = await cinema.recommend({ limit: 1 });
    const [shown] = hits.map(({ itemId }) => itemId);
    for (let turn = 0; turn < 6; turn += 2) await happens(cinema, [], turn);
    expect((await cinema.ids({ limit: 200 })).indexOf(shown!)).toBeGreaterThan(1);
    const value = RecommendRequestMessage.fromPartial({ collection: 'films', limit: 1, pageToken });
    const { reasons } = await cinema.explained(shown!, { $case: 'recommend', value });
    expect(reasons.map(({ message }) => message).join()).toContain('The item is on a page before this one');
  });
});
