import type { Item } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemInput } from '../inputs.ts';
import { inferAttributes } from './infer-attributes.ts';
import { MetadataFields, type MetadataOptions } from './metadata-fields.ts';

/** The item as the server gives it back. */
const stored = (item: ItemInput): Item => ({
  collection: item.collection,
  itemId: String(item.itemId),
  title: item.title ?? '',
  body: item.body ?? '',
  imageUrl: item.imageUrl ?? '',
  attributes: item.attributes,
  price: item.price ?? undefined,
  stock: item.stock === undefined || item.stock === null ? undefined : BigInt(item.stock),
  hidden: false,
  categories: item.categories ?? [],
});
const thereAndBack = (metadata: object, options: MetadataOptions = {}) => {
  const fields = new MetadataFields(options);
  return fields.metadataOf(stored(fields.itemOf('shop', 'a', metadata, 'metadata')));
};

describe('metadata', () => {
  it('becomes the fields of an item, and attributes', () => {
    const metadata = {
      title: '무선 마우스',
      text: '조용합니다',
      price: 19.9,
      stock: 3,
      categories: ['마우스'],
      brand: '로지텍',
    };
    expect(new MetadataFields().itemOf('shop', 7, metadata, 'metadata')).toEqual({
      collection: 'shop',
      itemId: 7,
      title: '무선 마우스',
      body: '조용합니다',
      price: 19.9,
      stock: 3,
      categories: ['마우스'],
      attributes: { brand: '로지텍' },
    });
    expect(thereAndBack(metadata)).toEqual(metadata);
  });

  it('keeps what is of another type than declared, or under no name of an attribute', () => {
    const declared = new Map([
      ['page', { type: 'number', array: false } as const],
      ['author', { type: 'keyword', array: false } as const],
      ['tags', { type: 'keyword', array: true } as const],
      ['when', { type: 'time', array: false } as const],
    ]);
    const fields = new MetadataFields({ unfit: 'keep' }, declared);
    const unfit = { page: 'iii', author: ['가', '나'], tags: ['x', 1], when: 'yesterday', '': 1, ['긴'.repeat(50)]: 2 };
    const item = fields.itemOf('shop', 'a', unfit, 'metadata');
    expect(Object.keys(item.attributes!)).toEqual(['metadata_json']);
    expect(fields.metadataOf(stored(item))).toEqual(unfit);
    const fit = { page: 3, author: '가', tags: 'x', when: '2026-01-01T00:00:00Z', other: [1] };
    expect(fields.itemOf('shop', 'a', fit, 'metadata').attributes).toEqual(fit);
    expect(fields.patchOf('shop', 'a', { page: 'iv' }, 'metadata', stored(item)).attributes).toMatchObject({
      page: null,
    });
    expect(inferAttributes([{ metadata: { '': 1, ['긴'.repeat(50)]: 2, page: 3 } }])).toMatchObject([{ name: 'page' }]);
    expect(() => new MetadataFields().itemOf('shop', 'a', { '': 1 }, 'metadata')).toThrow('1-128 bytes');
  });

  it('has its title and text under the names that were chosen', () => {
    const names = { title: 'name', text: 'chunk_text' };
    const item = new MetadataFields(names).itemOf(
      'shop',
      'a',
      { name: '왕', chunk_text: '글', text: 'a tag' },
      'metadata',
    );
    expect(item).toMatchObject({ title: '왕', body: '글', attributes: { text: 'a tag' } });
    expect(new MetadataFields(names).fieldOf('name', 'filter.name')).toBe('title');
  });

  it.each<[object, string, string]>([
    [{ address: { city: '서울' } }, 'metadata.address', 'address_city'],
    [{ tags: ['a', { b: 1 }] }, 'metadata.tags', 'flatten'],
    [{ weight: Number.NaN }, 'metadata.weight', 'finite'],
    [{ since: new Date(0) }, 'metadata.since', 'toISOString'],
    [{ created_at: '2026-01-01' }, 'metadata.created_at', 'another name'],
    [{ price: '12 USD' }, 'metadata.price', 'a number from 0'],
    [{ stock: 1.5 }, 'metadata.stock', 'whole number'],
    [{ title: 7 }, 'metadata.title', 'a string'],
    [{ categories: 'mice' }, 'metadata.categories', 'a list'],
  ])('%j is refused, naming %s and the way out', (metadata, field, wayOut) => {
    const put = () => new MetadataFields().itemOf('shop', 'a', metadata, 'metadata');
    expect(put).toThrow(expect.objectContaining({ code: 'FIELD_INVALID', field, status: 'INVALID_ARGUMENT' }));
    expect(put).toThrow(wayOut);
  });

  it.each(['text', 'image_url', 'in_stock', 'item_id'])('cannot be filtered by %s', (key) => {
    const field = () => new MetadataFields().fieldOf(key, `filter.${key}`);
    expect(field).toThrow(expect.objectContaining({ code: 'FILTER_INVALID', field: `filter.${key}` }));
  });

  it('of any kind comes back as it was where what does not fit is kept', () => {
    const names = [
      'title',
      'text',
      'price',
      'stock',
      'categories',
      'image_url',
      'created_at',
      'metadata_json',
      '색상',
      'loc',
    ];
    const value = fc.jsonValue({ maxDepth: 2 }).map((one) => JSON.parse(JSON.stringify(one)));
    const metadata = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(value, fc.string(), fc.nat(), fc.array(fc.string())),
    );
    fc.assert(
      fc.property(metadata, (one) => {
        expect(thereAndBack(one, { unfit: 'keep' })).toEqual(one);
      }),
    );
  });
});

describe('inferred attributes', () => {
  it('make filterable what is of one type throughout', () => {
    const records = [
      { metadata: { title: 'a', text: 'b', price: 1, brand: '로지텍', year: 2020, vegan: true, sizes: [1], mixed: 1 } },
      {
        metadata: {
          brand: 'Keychron',
          tags: ['조용한'],
          sizes: 2,
          mixed: 'x',
          address: { city: '서울' },
          none: null,
          empty: [],
        },
      },
      {},
    ];
    expect(inferAttributes(records)).toEqual([
      { name: 'brand', type: 'keyword', array: false, filterable: true },
      { name: 'year', type: 'number', array: false, filterable: true },
      { name: 'vegan', type: 'boolean', array: false, filterable: true },
      { name: 'sizes', type: 'number', array: true, filterable: true },
      { name: 'tags', type: 'keyword', array: true, filterable: true },
    ]);
  });
});
