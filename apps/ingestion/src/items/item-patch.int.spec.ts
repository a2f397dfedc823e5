import { topics } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { delivered, type RecordedMessaging } from '../../../../test/support/recorded-messaging.ts';
import type { ItemService } from './item.service.ts';
import { openItems } from './open-items.fake.spec.ts';

const tenant = 'default';

describe.each(testDatabases())('patches of items on $name', ({ open }) => {
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
    collection = `patched-${part}`;
    ({ messaging, items } = await openItems(database, tenant, collection, [
      { name: 'acl', type: 1, array: true, shown: false },
      { name: 'weight', type: 3 },
    ]));
  });

  const store = (values: unknown[], offset = 0) => items.store(delivered(topics.items.name, values, offset));
  const event = (kind: string, fields: object = {}) => ({ kind, collection, item_id: '1', ...fields });
  const row = async (columns: string) => {
    const [found] = await database.query<Record<string, unknown>>(
      { tenant },
      `select ${columns} from kindred.items i join kindred.collections c using (tenant_id, collection_id) where c.name = $1`,
      [collection],
    );
    return found;
  };
  const full = {
    title: 'mouse',
    body: 'quiet',
    price: 10,
    stock: 3,
    categories: ['a'],
    attributes: { acl: ['board'], weight: 1 },
  };

  it('change what they name, remove what they null, and leave the rest and the revision', async () => {
    await store([event('upserted', { ...full, revision: 7 })]);
    await store([event('patched', { price: 12, stock: null, attributes: { weight: null, brand: 'x' } })], 1);
    expect(await row('title, body, price, stock, categories, i.attributes, revision')).toEqual({
      ...{ title: 'mouse', body: 'quiet', price: 12, stock: null, categories: ['a'], revision: 7n },
      attributes: { acl: ['board'], brand: 'x' },
    });
    const last = messaging.published.at(-1)!;
    expect(JSON.parse(String(last.value))).toMatchObject({ kind: 'upserted', item_id: '1' });
  });

  it('all count, in one batch with what stands before and behind them', async () => {
    await store([
      event('upserted', { ...full, revision: 1 }),
      event('patched', { price: 20 }),
      event('patched', { title: 'old' }),
      event('upserted', { ...full, revision: 2, title: 'new' }),
      event('patched', { attributes: { k1: 1 } }),
      event('patched', { attributes: { k2: 2 } }),
    ]);
    expect(await row('title, price, i.attributes, patches')).toEqual({
      ...{ title: 'new', price: 10, patches: 4n },
      attributes: { ...full.attributes, k1: 1, k2: 2 },
    });
  });

  it('are merged once, however often the log delivers them', async () => {
    const log = [
      event('upserted', { ...full, revision: 1 }),
      event('patched', { price: 20 }),
      event('upserted', { ...full, revision: 2, price: 30 }),
    ];
    await store(log);
    const before = await row('price, patches, i.updated_at');
    expect(before).toMatchObject({ price: 30, patches: 1n });
    await store(log);
    await store(log.slice(1, 2), 1);
    expect(await row('price, patches, i.updated_at')).toEqual(before);
  });

  it('do not keep a later revision of the source out, nor let an earlier one back in', async () => {
    await store([event('upserted', { ...full, revision: 7 }), event('patched', { price: 20 })]);
    await store([event('upserted', { ...full, revision: 7, price: 1 })], 2);
    expect(await row('price')).toEqual({ price: 20 });
    await store([event('upserted', { ...full, revision: 8, price: 2 })], 3);
    expect(await row('price, revision')).toEqual({ price: 2, revision: 8n });
  });

  it('of an item that is not stored, or was deleted, are refused alone and say the way out', async () => {
    const outcomes = await store([
      event('patched', { price: 1 }),
      event('upserted', { ...full, revision: 1 }),
      event('patched', { price: 2 }),
      event('deleted', { revision: 2 }),
      event('patched', { price: 3 }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'done', 'done', 'done', 'rejected']);
    expect(outcomes[0]).toMatchObject({ error: { code: 'ITEM_NOT_FOUND', field: 'item_id' } });
    expect((outcomes[0] as { error: Error }).error.message).toContain('upsert it first');
    expect(await row('deleted')).toEqual({ deleted: true });
  });

  it('that came before the item are not merged into it when the log is read again', async () => {
    const log = [event('patched', { price: 1 }), event('upserted', { ...full, revision: 1 })];
    await store(log);
    await store(log);
    expect(await row('price, patches')).toEqual({ price: 10, patches: 0n });
  });

  it.each([
    ['a wrong type', { attributes: { weight: 'heavy' } }, 'ATTRIBUTE_TYPE_MISMATCH', 'attributes.weight'],
    ['a negative price', { price: -1 }, 'FIELD_INVALID', 'price'],
    [
      'more attributes than an item may have',
      { attributes: Object.fromEntries(Array.from({ length: 255 }, (_, at) => [`a${at}`, at])) },
      'FIELD_INVALID',
      'attributes',
    ],
  ])('with %s are refused by field, and nothing of them is stored', async (_, fields, code, field) => {
    await store([event('upserted', { ...full, revision: 1 })]);
    const [outcome] = await store([event('patched', { title: 'changed', ...fields })], 1);
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code, field } });
    expect(await row('title')).toEqual({ title: 'mouse' });
  });

  it('make a new document and hash where the text changed, and only there', async () => {
    const found = async () => {
      const [document] = await database.query<{ tokens: string; hash: string; place: string }>(
        { tenant },
        `select d.tokens, encode(i.content_hash, 'hex') as hash, d.ctid::text || d.xmin as place
           from kindred.documents d join kindred.items i using (tenant_id, collection_id, item_id)
           join kindred.collections c using (tenant_id, collection_id) where c.name = $1`,
        [collection],
      );
      return document!;
    };
    await store([event('upserted', { ...full, revision: 1 })]);
    const before = await found();
    await store([event('patched', { price: 11 })], 1);
    expect(await found()).toEqual(before);
    await store([event('patched', { title: 'keyboard' })], 2);
    const after = await found();
    expect(after.tokens).toContain('keyboard');
    expect(after.hash).not.toBe(before.hash);
  });

  it('take a topic that was made anew, whose places start at 0', async () => {
    await store([event('upserted', { ...full, revision: 1 })], 1_000);
    const [message] = delivered(topics.items.name, [event('patched', { price: 5 })]);
    await items.store([{ ...message!, receivedAt: message!.receivedAt + 3_600_000_000n }]);
    expect(await row('price')).toEqual({ price: 5 });
  });
});
