import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { analyze } from '../analyze.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { documentTerms, roundedLength } from '../document-terms.ts';
import { FakeEmbedder, fakeVector, Shop } from '../shop.fake.spec.ts';
import { Search } from './search.ts';
import type { Fusion } from './search-request.ts';

const words = 'red green blue fast slow mouse mice keyboard 마우스 키보드 검정 cable hub a an the long'.split(' ');
const titleOf = (at: number) =>
  Array.from({ length: 3 + (at % 60) }, (_, word) => words[(at * 5 + word * word + word) % words.length]).join(' ');
const ids = Array.from({ length: 400 }, (_, at) => `p${at}`);

/** Latin to Arabic, Devanagari, Thai, Hangul jamo, Latin and Greek with marks, kana and Han, Hangul, wide forms, rare Han. */
const scripts = [
  [0, 0x86f],
  [0x900, 0x97f],
  [0xe00, 0xe7f],
  [0x1100, 0x11ff],
  [0x1e00, 0x1fff],
  [0x3040, 0x30ff],
  [0x3400, 0x4db5],
  [0x4e00, 0x9fef],
  [0xac00, 0xd7a3],
  [0xff00, 0xffef],
  [0x20000, 0x2a6d6],
] as const;

describe.each(testDatabases())('the SQL on $name', ({ open }) => {
  let database: Database;
  let search: Search;
  beforeAll(async () => {
    database = await open();
    const shop = await Shop.open(database, 'parity');
    await shop.put(ids.map((itemId, at) => ({ itemId, title: titleOf(at) })));
    search = new Search(database, new CollectionDirectory(database), new FakeEmbedder());
  });
  const ask = (text: string, more = {}) =>
    search.query({ tenant: 'parity', collection: 'shop', by: { kind: 'text', text }, ...more });

  it('scores words as BM25 does', async () => {
    const documents = ids.map((_, at) => ({ terms: analyze(titleOf(at)), length: documentTerms(titleOf(at)).length }));
    const average = documents.reduce((sum, document) => sum + document.length, 0) / documents.length;
    const query = [...new Set(analyze('fast red 마우스 mice'))];
    const { hits } = await ask('fast red 마우스 mice', { mode: 'lexical', limit: 1000 });
    const expected = documents.map(({ terms, length }) =>
      query.reduce((sum, term) => {
        const holding = documents.filter((document) => document.terms.includes(term)).length;
        const idf = Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5));
        const frequency = terms.filter((one) => one === term).length;
        return sum + (idf * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * roundedLength(length)) / average));
      }, 0),
    );
    expect(hits).toHaveLength(expected.filter((score) => score > 0).length);
    for (const hit of hits) expect(hit.score / expected[Number(hit.itemId.slice(1))]!).toBeCloseTo(1, 5);
  });

  it('scores vectors as the inner product does', async () => {
    const { hits } = await ask('slow keyboard hub', { mode: 'dense', limit: 1000 });
    const query = fakeVector('slow keyboard hub');
    expect(hits).toHaveLength(400);
    for (const hit of hits) {
      const vector = fakeVector(titleOf(Number(hit.itemId.slice(1))));
      const product = vector.reduce((sum, value, at) => sum + value * query[at]!, 0);
      expect(hit.score).toBeCloseTo(product, 2);
    }
  });

  it.each<Fusion>([
    { method: 'normalized', denseWeight: 0 },
    { method: 'normalized', denseWeight: 0.3 },
    { method: 'normalized', denseWeight: 1 },
    { method: 'rrf', k: 60 },
    { method: 'rrf', k: 1 },
  ])('fuses the first hundred of each leg as the formula says: %j', async (fusion) => {
    const legs = [];
    for (const mode of ['lexical', 'dense']) {
      const { hits } = await ask('fast red 마우스', { mode, limit: 100 });
      // Hits of one leg are ordered as it ranks them; depth is twice the page, so ask for the first hundred.
      legs.push(hits.slice(0, 100));
    }
    const fused = new Map<string, number>();
    for (const [at, hits] of legs.entries()) {
      const best = hits[0]!.score;
      // Shares count from the last hit of a full leg on.
      const floor = hits.length === 100 ? Math.max(0, hits[99]!.score) : 0;
      for (const [rank, { itemId, score }] of hits.entries()) {
        const weight = fusion.method === 'rrf' ? 1 : at === 0 ? 1 - fusion.denseWeight! : fusion.denseWeight!;
        const share = fusion.method === 'rrf' ? 1 / (fusion.k + rank + 1) : (Math.max(0, score) - floor) / best;
        fused.set(itemId, (fused.get(itemId) ?? 0) + weight * share);
      }
    }
    const expected = [...fused].sort(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1)).slice(0, 50);
    const { hits } = await ask('fast red 마우스', { fusion, limit: 50 });
    expect(hits.map((hit) => hit.itemId)).toEqual(expected.map(([id]) => id));
    for (const [at, hit] of hits.entries()) expect(hit.score).toBeCloseTo(expected[at]![1], 9);
  });

  it('counts a term as often as it stands in a text, whatever the text', async () => {
    const rows = await database.query<{ n: number; counted: number }>(
      { tenant: 'parity' },
      `select n, kindred.term_frequency(to_tsvector('simple', repeat('mouse ', n) || 'red'), 'mouse') as counted
         from generate_series(0, 255) n`,
    );
    for (const { n, counted } of rows) expect(counted).toBe(n);
  });

  it('keeps every term whole in PostgreSQL, in the scripts in common use', { timeout: 120_000 }, async () => {
    for (const [first, last] of scripts) {
      const characters = Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at));
      const text = characters.flatMap((character) => [character, `a${character}b`, `1e2${character}`]).join(' ');
      const broken = await database.query<{ term: string }>(
        { tenant: 'parity' },
        `select term from unnest($1::text[]) term where tsvector_to_array(to_tsvector('simple', term)) <> array[term]`,
        [[...new Set(analyze(text))]],
      );
      expect(broken).toEqual([]);
    }
  });
});
