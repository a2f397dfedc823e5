import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { promote } from '../promotion.ts';
import { FakeEmbedder, Shop, withoutTextSearch } from '../shop.fake.spec.ts';
import type { QueryExpander, QueryExpansion } from './query-expander.ts';
import { Search } from './search.ts';
import type { SearchRequest } from './search-request.ts';

const tenant = 'widener';
const fillers = ['마우스', 'keyboard', '무선 충전기', 'cable'];
/** Two say 영화, three say 배우, one says both; the others say neither, in texts of many lengths. */
const titles: Record<string, string> = {
  film1: '좋은 영화',
  film2: '영화 이야기 몇 가지 모음',
  actor1: '유명한 배우',
  actor2: '배우 이야기 여러 가지 모음집',
  actor3: '그 배우 사진 또는 그림 엽서 묶음',
  both: '영화 속의 배우',
};
const items = [
  ...Object.entries(titles).map(([itemId, title]) => ({ itemId, title })),
  ...Array.from({ length: 60 }, (_, at) => ({
    itemId: `z${at}`,
    title: `${fillers[at % 4]} ${'품목 '.repeat(at % 9)}`,
  })),
];

class FakeExpander implements QueryExpander {
  asked: string[] = [];
  answer: QueryExpansion | Error = { words: ['배우', '영화'], weight: 0.4 };

  async expand(_tenant: string, model: string, text: string): Promise<QueryExpansion> {
    this.asked.push(`${model}: ${text}`);
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

describe.each(testDatabases())('widened queries on $name', ({ open }) => {
  let database: Database;
  let expander: FakeExpander;

  beforeAll(async () => {
    database = await open();
    const shop = await Shop.open(database, tenant);
    await database.query({ tenant }, `update kindred.collections set expansion_model = 'neighbors'`);
    await shop.put(items);
    if (database.features.textSearch !== null)
      await promote(database, tenant, shop.collection.collectionId, 'documents');
  });
  beforeEach(() => {
    expander = new FakeExpander();
  });

  const searchOn = (on: Database, by?: QueryExpander) =>
    new Search(on, new CollectionDirectory(on), new FakeEmbedder(), by);
  const ask = (more: Partial<SearchRequest> = {}, search = searchOn(database, expander)) =>
    search.query({ tenant, collection: 'shop', by: { kind: 'text', text: '영화' }, mode: 'lexical', ...more });
  const idsOf = ({ hits }: { hits: { itemId: string }[] }) => hits.map((hit) => hit.itemId);

  it('finds what has only a neighboring word, behind what has the word itself', async () => {
    const answer = await ask();
    expect(expander.asked).toEqual(['neighbors: 영화']);
    expect(idsOf(answer)[0]).toBe('both');
    expect(idsOf(answer).slice(0, 3).toSorted()).toEqual(['both', 'film1', 'film2']);
    expect(idsOf(answer).slice(3).toSorted()).toEqual(['actor1', 'actor2', 'actor3']);
    expect(answer.plan.legs[0]!.settings).toMatchObject({ terms: '영화', extra_terms: '배우', extra_weight: '0.400' });
    expect(answer.plan).toMatchObject({ complete: true, notes: [] });
  });

  it('adds the score of the extra words times their weight', async () => {
    const scores = async (text: string, search: Search) => {
      const { hits } = await ask({ by: { kind: 'text', text }, limit: 100 }, search);
      return new Map(hits.map((hit) => [hit.itemId, hit.score]));
    };
    const plain = searchOn(database);
    const [film, actor] = [await scores('영화', plain), await scores('배우', plain)];
    const widened = await scores('영화', searchOn(database, expander));
    expect([...widened.keys()].toSorted()).toEqual(Object.keys(titles).toSorted());
    for (const [id, score] of widened) {
      expect(score).toBeCloseTo((film.get(id) ?? 0) + 0.4 * (actor.get(id) ?? 0), 5);
    }
  });

  it('gives the same order and scores by the BM25 index as by exact scoring', async (context) => {
    if (database.features.textSearch === null) return context.skip('the server has no pg_textsearch');
    const [indexed, exact] = [await ask(), await ask({}, searchOn(withoutTextSearch(database), expander))];
    expect([indexed, exact].map(({ plan }) => plan.legs[0]!.method)).toEqual(['bm25_index', 'bm25_exact']);
    expect(idsOf(indexed)).toEqual(idsOf(exact));
    for (const [at, hit] of exact.hits.entries()) expect(indexed.hits[at]!.score).toBeCloseTo(hit.score, 5);
  });

  it('pages through widened hits once, and stays without extra words where the first page had none', async () => {
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await ask({ limit: 2, pageToken });
      seen.push(...idsOf(page));
      pageToken = page.nextPageToken;
    } while (pageToken !== '' && seen.length < 20);
    expect(seen).toEqual(idsOf(await ask()));
    const first = await ask({ limit: 1 }, searchOn(database));
    const second = await ask({ limit: 1, pageToken: first.nextPageToken });
    expect(second.plan.legs[0]!.settings).not.toHaveProperty('extra_terms');
  });

  it('costs a note where the word model fails, and a word about it where there is none to ask', async () => {
    expander.answer = new KindredError('MODEL_UNUSABLE', '', 'the artifact is missing');
    const answer = await ask({ mode: 'hybrid' });
    expect(answer.plan.notes).toEqual(['The query is not widened by "neighbors" (the artifact is missing)']);
    expect(answer.plan.legs[0]!.settings).not.toHaveProperty('extra_terms');
    expect(idsOf(await ask()).toSorted()).toEqual(['both', 'film1', 'film2']);
    expect((await ask({}, searchOn(database))).plan.notes[0]).toMatch(/Nothing here can widen/);
    expander.answer = new TypeError('a bug');
    await expect(ask()).rejects.toThrow('a bug');
  });

  it('looks for at most 32 extra terms, and none without weight', async () => {
    expander.answer = { words: Array.from({ length: 50 }, (_, at) => `word${at}x`), weight: 0.3 };
    const { legs } = (await ask()).plan;
    expect(legs[0]!.settings.extra_terms!.split(' ')).toHaveLength(32);
    expander.answer = { words: ['배우'], weight: 0 };
    expect(idsOf(await ask()).toSorted()).toEqual(['both', 'film1', 'film2']);
  });

  it('is not asked where no words are looked for', async () => {
    await ask({ mode: 'dense' });
    await ask({ by: { kind: 'items', itemIds: ['film1'] }, mode: 'dense' });
    expect(expander.asked).toEqual([]);
  });
});
