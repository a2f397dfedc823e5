import type { AttributeDeclaration } from '@kindred/vector-index';
import { describe, expect, it } from 'vitest';
import { type DescribedItem, Traits } from './traits.ts';

const attribute = (name: string, type: AttributeDeclaration['type'], filterable = true) => {
  return { name, type, filterable, array: false, embedded: false, shown: true };
};
const attributes = [
  attribute('color', 'keyword'),
  attribute('wireless', 'boolean'),
  attribute('weight', 'number'),
  attribute('released', 'time'),
  attribute('note', 'keyword', false),
];
const item = (more: Partial<DescribedItem>): DescribedItem => {
  return { title: '', price: null, categories: [], attributes: {}, ...more };
};
const namesOf = (...items: Partial<DescribedItem>[]) => Traits.over(items.map(item), attributes, 64).names;

describe('traits of items', () => {
  it('are words of the title, Korean ones by pairs, that two items share', () => {
    const names = namesOf({ title: '무선 마우스 X1' }, { title: '유선 마우스 mice' });
    expect(names).toEqual(['', 'title 마우', 'title 우스']);
  });

  it('are categories with those above them, and values of filterable attributes', () => {
    const one = { categories: ['audio/headphones'], attributes: { color: 'black', wireless: true, note: 'x' } };
    const other = {
      categories: ['audio/speakers'],
      attributes: { color: ['red', 'black'], wireless: true, note: 'x' },
    };
    expect(namesOf(one, other)).toEqual(['', 'categories=audio', 'color=black', 'wireless=true']);
  });

  it('put numbers, prices and times into classes of as many items, wide ones and narrow ones', () => {
    const items = Array.from({ length: 640 }, (_, at) =>
      item({ price: at ** 2, attributes: { weight: 1, released: new Date(86_400_000 * at).toISOString() } }),
    );
    const traits = Traits.over(items, attributes, 64);
    const named = (more: Partial<DescribedItem>) =>
      traits.of(item(more), attributes).map((number) => traits.names[number]!);
    expect(named({ price: 320 ** 2 + 1 })).toEqual(['', 'price/1=32', 'price/4=8', 'price/16=2']);
    expect(named({ price: -5 })).toEqual(['', 'price/1=0', 'price/4=0', 'price/16=0']);
    expect(named({ attributes: { released: '2030-01-01T00:00:00Z' } })).toContain('attributes.released/1=63');
    expect(named({ attributes: { weight: 'heavy', released: null } })).toEqual(['']);
  });

  it('are the most frequent where a model of many dimensions leaves room for few', () => {
    const items = [{ title: 'one two' }, { title: 'one two' }, { title: 'one' }].map(item);
    expect(Traits.over(items, attributes, 640_000).names).toEqual(['', 'title one']);
    expect(Traits.over(items, attributes, 64).of(item({ title: 'unheard of' }), attributes)).toEqual([0]);
  });
});
