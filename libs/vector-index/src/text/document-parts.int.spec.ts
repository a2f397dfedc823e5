import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { contentOf, contentParts } from '../content.ts';
import { upsertDocuments } from '../document.store.ts';
import { documentTerms } from '../document-terms.ts';
import { attribute, Shop } from '../shop.fake.spec.ts';
import { refreshVocabulary } from './refresh-vocabulary.ts';
import { readVocabularyState } from './vocabulary.store.ts';

const declared = [attribute('tags', 'keyword', { array: true, embedded: true })];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom("Sony's", '무선 마우스', 'e\u0301', '241e1sb', 'ΟΔΟΣ', '\u0301x', 'ㄱ', 'ㅏ'),
);
const common = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
  fc.constantFrom("Sony's", '무선 마우스', 'e\u0301', '241e1sb', '東京タワー', 'ｗｉｄｅ', 'мышь', '½'),
);
const item = fc.record({
  title: text,
  body: text,
  categories: fc.array(text, { maxLength: 3 }),
  attributes: fc.record({ tags: fc.array(text, { maxLength: 3 }) }),
});

describe.each(testDatabases())('documents in parts on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  const readVectors = (values: string[]) =>
    database.query<{ same: boolean; length: number }>(
      { tenant: 't' },
      `select v.made::tsvector = to_tsvector('simple', v.tokens) as same,
         (select coalesce(sum(cardinality(u.positions)), 0)::int from unnest(v.made::tsvector) u) as length
         from jsonb_to_recordset($1::jsonb) as v(made text, tokens text, n int) order by n`,
      [`[${values.join()}]`],
    );

  it('hold the terms of the whole text, as PostgreSQL would make them of one part', async () => {
    // Letters of rare scripts are none to the parser of an embedded server, which no longer matters.
    const texts = fc.sample(fc.array(common, { maxLength: 9 }), { numRuns: 200, seed: 7 }).map((one) => one.join(' '));
    const long = [`${'마우스 '.repeat(300)}mouse`, 'word '.repeat(17_000), ...texts];
    const documents = long.map((one) => documentTerms(one));
    const rows = await readVectors(
      documents.map(({ vector, tokens }, n) => JSON.stringify({ made: vector, tokens, n })),
    );
    expect(rows.map(({ same }) => same)).toEqual(documents.map(() => true));
    expect(rows.map(({ length }) => length)).toEqual(documents.map(({ length }) => length));
  });

  it('have the same terms and length as the text of their item', () => {
    fc.assert(
      fc.property(item, (one) => {
        const whole = documentTerms(contentOf(one, declared));
        const parts = documentTerms(contentParts(one, declared));
        expect(parts.tokens).toBe(whole.tokens);
        expect(parts.length).toBe(whole.length);
        expect(parts.roundedLength).toBe(whole.roundedLength);
      }),
    );
  });

  it('of an older version are rewritten with the words of their collection, once', async () => {
    const shop = await Shop.open(database, 'rewritten');
    await shop.put([{ itemId: 'a', title: 'Pad wireless', body: 'mouse' }]);
    const { tenant, collection } = shop;
    const joins = async () => {
      const [row] = await database.query<{ joins: boolean }>(
        { tenant },
        `select terms @@ '''wireless'' <-> ''mous'''::tsquery as joins from kindred.documents where collection_id = $1`,
        [collection.collectionId],
      );
      return row!.joins;
    };
    // As an older version wrote it.
    await database.transaction({ tenant }, (sql) =>
      upsertDocuments(sql, collection.collectionId, [{ itemId: 'a', text: 'Pad wireless\nmouse' }]),
    );
    expect(await joins()).toBe(true);
    expect(await refreshVocabulary(database, collection)).toBe('built');
    expect(await joins()).toBe(false);
    expect(await refreshVocabulary(database, collection)).toBe('current');
  });

  it('and words follow the items: what changes is behind until the next refresh, what is gone stays gone', async () => {
    const shop = await Shop.open(database, 'followed');
    await shop.put([{ itemId: 'a', title: 'Wireless mouse' }]);
    const { tenant, collection } = shop;
    const words = async () => {
      const [row] = await database.query<{ words: string }>({ tenant }, 'select words from kindred.vocabularies');
      return row!.words;
    };
    await refreshVocabulary(database, collection, { always: true });
    expect(await words()).toBe('mouse\t1\t1\nwireless\t1\t1');
    await shop.put([{ itemId: 'b', title: '무선 마우스', body: 'a mouse' }]);
    const state = await database.transaction({ tenant }, (sql) => readVocabularyState(sql, collection.collectionId));
    expect(state!.now).not.toBe(state!.built);
    await refreshVocabulary(database, collection, { always: true });
    expect(await words()).toBe('a\t1\t0\nmouse\t2\t1\nwireless\t1\t1\n마우스\t1\t1\n무선\t1\t1');
    await database.query({ tenant }, `update kindred.items set deleted = true where item_id = 'b'`);
    await refreshVocabulary(database, collection, { always: true });
    expect(await words()).toBe('mouse\t1\t1\nwireless\t1\t1');
    await database.query({ tenant }, `delete from kindred.collections`);
    expect(await refreshVocabulary(database, collection)).toBe('gone');
  });
});
