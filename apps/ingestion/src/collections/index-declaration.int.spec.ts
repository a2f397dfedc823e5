import { AttributeType, Collection, Distance, IndexElement, IndexKind, type IndexSettings } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, ensureModel } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionService } from './collection.service.ts';

const tenant = 'default';

describe.each(testDatabases())('the index of a collection on $name', ({ open }) => {
  let database: Database;
  let collections: CollectionService;
  const put = (index: Partial<IndexSettings>, model = '') =>
    collections.put(tenant, Collection.fromPartial({ name: 'shop', index, model }));

  beforeAll(async () => {
    database = await open();
    collections = new CollectionService(database, new CollectionDirectory(database));
    for (const [name, dimensions] of [
      ['huge', 5_000],
      ['tiny', 64],
    ] as const) {
      const identity = { name, version: '1', provider: 'fake', dimensions, dtype: 'float32', artifactHash: name };
      await ensureModel(database, tenant, identity);
    }
  });

  it('is stored whole and read back', async () => {
    const hnsw = {
      kind: IndexKind.INDEX_KIND_HNSW,
      m: 32,
      efConstruction: 200,
      efSearch: 120,
      distance: Distance.DISTANCE_L1,
      element: IndexElement.INDEX_ELEMENT_HALF,
    };
    expect((await put(hnsw)).index).toMatchObject(hnsw);
    const ivfflat = { kind: IndexKind.INDEX_KIND_IVFFLAT, lists: 50, probes: 7, distance: Distance.DISTANCE_L2 };
    expect((await put(ivfflat)).index).toMatchObject(ivfflat);
    const row = await new CollectionDirectory(database).get(tenant, 'shop');
    expect(row.index).toEqual({ kind: 'ivfflat', lists: 50, probes: 7, distance: 'l2' });
    expect((await put({})).index).toMatchObject({ kind: IndexKind.INDEX_KIND_AUTO });
  });

  it("has segments of the collection's own fields", async () => {
    const attribute = (name: string, type: AttributeType, filterable = true) => ({ name, type, filterable });
    const declare = (segments: string[], kind = IndexKind.INDEX_KIND_AUTO) =>
      collections.put(
        tenant,
        Collection.fromPartial({
          name: 'segmented',
          index: { kind, segments },
          attributes: [
            attribute('brand', AttributeType.ATTRIBUTE_TYPE_KEYWORD),
            attribute('sale', AttributeType.ATTRIBUTE_TYPE_BOOLEAN),
            attribute('note', AttributeType.ATTRIBUTE_TYPE_KEYWORD, false),
            attribute('size', AttributeType.ATTRIBUTE_TYPE_NUMBER),
          ],
        }),
      );
    expect((await declare(['brand', 'categories'])).index!.segments).toEqual(['brand', 'categories']);
    const row = await new CollectionDirectory(database).get(tenant, 'segmented');
    expect(row.index).toEqual({ kind: 'auto', segments: ['brand', 'categories'] });
    const refused: [string[], string, RegExp][] = [
      [['brand', 'brend'], 'segments[1]', /no attribute "brend"; use one of brand, sale, categories/],
      [['note'], 'segments[0]', /not filterable/],
      [['size'], 'segments[0]', /of type number/],
      [['brand', 'brand'], 'segments[1]', /twice/],
      [['a', 'b', 'c', 'd', 'e'], 'segments', /at most 4/],
    ];
    for (const [segments, field, message] of refused) {
      const error = {
        code: 'FIELD_INVALID',
        field: `collection.index.${field}`,
        message: expect.stringMatching(message),
      };
      await expect(declare(segments), field).rejects.toMatchObject(error);
    }
    const ofLists = { field: 'collection.index.segments', message: expect.stringMatching(/setting of HNSW/) };
    await expect(declare(['brand'], IndexKind.INDEX_KIND_IVFFLAT)).rejects.toMatchObject(ofLists);
    expect((await declare([])).index!.segments).toEqual([]);
  });

  it('tells a collection without segments from one that has those that are asked for', async () => {
    const stored = async (segments: string[]) => {
      expect((await put({ segments })).index!.segments).toEqual(segments);
      return (await new CollectionDirectory(database).get(tenant, 'shop')).index;
    };
    expect(await stored(['none'])).toEqual({ kind: 'auto', segments: [] });
    expect(await stored([])).toEqual({ kind: 'auto' });
  });

  it.each<[string, Partial<IndexSettings>, string, string]>([
    ['a number out of range', { kind: IndexKind.INDEX_KIND_HNSW, m: 101 }, '', 'm'],
    ['an unknown distance', { distance: 99 as Distance }, '', 'distance'],
    [
      'what pgvector has no operators for',
      { kind: IndexKind.INDEX_KIND_IVFFLAT, distance: Distance.DISTANCE_L1 },
      '',
      'distance',
    ],
    ['more dimensions than halves are indexed with', { kind: IndexKind.INDEX_KIND_HNSW }, 'huge', 'element'],
    [
      'fewer signs than tell items apart',
      { kind: IndexKind.INDEX_KIND_HNSW, element: IndexElement.INDEX_ELEMENT_BIT },
      'tiny',
      'element',
    ],
  ])('is refused where it asks for %s', async (_, index, model, field) => {
    // The path once, and whole: clients put it before a message without it.
    const once = new RegExp(`^collection\\.index\\.${field}(:| )(?!.*collection\\.index)`);
    await expect(put(index, model)).rejects.toMatchObject({
      code: 'FIELD_INVALID',
      field: `collection.index.${field}`,
      message: expect.stringMatching(once),
    });
  });
});
