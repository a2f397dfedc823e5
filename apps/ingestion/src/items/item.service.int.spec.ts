import { topics } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { BackgroundPromotion, CollectionDirectory } from '@kindred/vector-index';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { delivered, type RecordedMessaging } from '../../../../test/support/recorded-messaging.ts';
import { CollectionService } from '../collections/collection.service.ts';
import { ItemService } from './item.service.ts';
import { openItems } from './open-items.fake.spec.ts';

const tenant = 'default';

for (const { name, open } of testDatabases()) {
  describe(`storing item events on ${name}`, () => {
    let database: Database;
    let messaging: RecordedMessaging;
    let items: ItemService;
    let part = 0;
    let collection: string;

    beforeAll(async () => {
      database = await open();
    });
    beforeEach(async () => {
      part += 1;
      collection = `shop-${part}`;
      ({ messaging, items } = await openItems(database, tenant, collection, [
        { name: 'brand', type: 1 },
        { name: 'weight', type: 3 },
      ]));
    });

    const store = (values: unknown[], offset = 0) => items.store(delivered(topics.items.name, values, offset));
    const upserted = (fields: object) => ({ kind: 'upserted', collection, item_id: '1', ...fields });
    const rows = (columns: string) =>
      database.query<Record<string, unknown>>(
        { tenant },
        `select ${columns} from kindred.items i join kindred.collections c using (tenant_id, collection_id)
          where c.name = $1 order by item_id`,
        [collection],
      );

    it('keeps the newest revision, in whatever order the events come', async () => {
      await store([upserted({ revision: 3, title: 'three' }), upserted({ revision: 5, title: 'five' })]);
      await store([upserted({ revision: 4, title: 'four' })], 2);
      expect(await rows('title, revision')).toEqual([{ title: 'five', revision: 5n }]);
    });

    it('analyzes Korean by what its collection declares, and without it notes that documents differ', async () => {
      const declare = async (koreanAnalyzer: string) => {
        const settings = JSON.stringify({ koreanAnalyzer });
        await database.query({ tenant }, `update kindred.collections set search_settings = $2 where name = $1`, [
          collection,
          settings,
        ]);
        await database.query(
          { tenant },
          `update kindred.vocabularies set documents_analyzer = 'garu-ko 0.3.7'
            where collection_id = (select collection_id from kindred.collections where name = $1)`,
          [collection],
        );
        const directory = new CollectionDirectory(database);
        items = new ItemService(database, messaging, directory, new BackgroundPromotion(database, () => {}));
      };
      const stored = async () => {
        const [row] = await database.query<{ tokens: string; analyzer: string }>(
          { tenant },
          `select d.tokens, v.documents_analyzer as analyzer
             from kindred.documents d join kindred.vocabularies v using (tenant_id, collection_id)
             join kindred.collections c using (tenant_id, collection_id) where c.name = $1`,
          [collection],
        );
        return row!;
      };
      await declare('garu-ko');
      await store([upserted({ revision: 1, title: '마우스를' })]);
      expect(await stored()).toEqual({ tokens: 'm마우스 마우 우스 스를', analyzer: 'garu-ko 0.3.7' });
      await declare('not-installed');
      await store([upserted({ revision: 2, title: '키보드를' })]);
      expect(await stored()).toEqual({ tokens: '키보 보드 드를', analyzer: 'mixed' });
    });

    it('does nothing at an equal revision, and announces it again', async () => {
      const event = upserted({ revision: 1, title: 'once' });
      await store([event]);
      await store([event]);
      expect(await rows('title')).toEqual([{ title: 'once' }]);
      expect(messaging.published.filter((message) => message.topic === topics.itemChanges.name)).toHaveLength(2);
    });

    it('orders events without a revision by their place in the log, also within one microsecond', async () => {
      await store([upserted({ title: 'first' }), upserted({ title: 'second' })], 10);
      expect(await rows('title')).toEqual([{ title: 'second' }]);
      await store([upserted({ title: 'first' })], 10);
      expect(await rows('title')).toEqual([{ title: 'second' }]);
    });

    it('leaves a tombstone that keeps a late upsert out, and lets a newer one in', async () => {
      await store([upserted({ revision: 1, title: 'here' })]);
      await store([{ kind: 'deleted', collection, item_id: '1', revision: 5 }]);
      await store([upserted({ revision: 4, title: 'late' })]);
      expect(await rows('deleted, title')).toEqual([{ deleted: true, title: '' }]);
      const documents = await database.query(
        { tenant },
        'select item_id from kindred.documents join kindred.collections using (tenant_id, collection_id) where name = $1',
        [collection],
      );
      expect(documents).toEqual([]);
      await store([upserted({ revision: 6, title: 'back' })]);
      expect(await rows('deleted, title')).toEqual([{ deleted: false, title: 'back' }]);
    });

    it('rejects each bad event by its field and stores its neighbors', async () => {
      const outcomes = await store([
        upserted({ item_id: 'ok-1', title: "Robert'); drop table kindred.items; --" }),
        '{"kind":"upserted",',
        upserted({ item_id: '', title: 'no id' }),
        upserted({ item_id: 'x', attributes: { weight: 'heavy' } }),
        { ...upserted({ item_id: 'y' }), collection: 'nowhere' },
        upserted({ item_id: '🎧', title: '무선 헤드폰' }),
      ]);
      const reasons = outcomes.map((outcome) =>
        outcome.kind === 'rejected' ? `${outcome.error.code} ${outcome.error.field}` : 'done',
      );
      expect(reasons).toEqual([
        'done',
        'MALFORMED_JSON ',
        'FIELD_INVALID item_id',
        'ATTRIBUTE_TYPE_MISMATCH attributes.weight',
        'COLLECTION_NOT_FOUND collection',
        'done',
      ]);
      expect(await rows('item_id, title')).toEqual([
        { item_id: 'ok-1', title: "Robert'); drop table kindred.items; --" },
        { item_id: '🎧', title: '무선 헤드폰' },
      ]);
    });

    it('keeps undeclared attributes, unless the collection refuses them', async () => {
      await store([upserted({ attributes: { brand: '로지텍', shade: 'teal' } })]);
      expect(await rows('i.attributes')).toEqual([{ attributes: { brand: '로지텍', shade: 'teal' } }]);
      const strict = new CollectionDirectory(database);
      await new CollectionService(database, strict).put(tenant, {
        name: `${collection}-strict`,
        attributes: [],
        unknownAttributes: 2,
        model: '',
        imageModel: '',
        soundModel: '',
        expansionModel: '',
        items: 0n,
      });
      const [outcome] = await store([
        { ...upserted({ attributes: { shade: 'teal' } }), collection: `${collection}-strict` },
      ]);
      expect(outcome).toMatchObject({
        kind: 'rejected',
        error: { code: 'UNKNOWN_ATTRIBUTE', field: 'attributes.shade' },
      });
    });

    it('leaves the search terms alone when only the price changes', async () => {
      await store([upserted({ revision: 1, title: 'mouse', price: 10 })]);
      const place = () =>
        database.query(
          { tenant },
          'select d.ctid::text, d.xmin::text from kindred.documents d join kindred.collections using (tenant_id, collection_id) where name = $1',
          [collection],
        );
      const before = await place();
      await store([upserted({ revision: 2, title: 'mouse', price: 12 })]);
      expect(await place()).toEqual(before);
      expect(await rows('price')).toEqual([{ price: 12 }]);
    });
  });
}
