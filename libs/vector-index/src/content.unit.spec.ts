import { describe, expect, it } from 'vitest';
import { type AttributeDeclaration, contentHash, contentOf } from './content.ts';
import { documentTerms, roundedLength } from './document-terms.ts';

const declared = (name: string, embedded: boolean): AttributeDeclaration => ({
  name,
  type: 'keyword',
  array: false,
  filterable: true,
  embedded,
  shown: true,
});

describe('the content of an item', () => {
  const item = {
    title: '무선 마우스',
    body: 'Quiet.',
    categories: ['Mice', 'Input'],
    attributes: { color: ['black', 'red'], ean: '1' },
  };

  it('is title, categories, body and the embedded attributes in the order of their declaration', () => {
    const attributes = [declared('missing', true), declared('color', true), declared('ean', false)];
    expect(contentOf(item, attributes)).toBe('무선 마우스\nMice, Input\nQuiet.\nblack, red');
  });

  it('does not change with the order in which attributes arrive', () => {
    const attributes = [declared('a', true), declared('b', true)];
    const of = (values: Record<string, unknown>) => contentHash(contentOf({ ...item, attributes: values }, attributes));
    expect(of({ a: 'x', b: 'y' })).toEqual(of({ b: 'y', a: 'x' }));
    expect(of({ a: 'x', b: 'y' })).not.toEqual(of({ a: 'y', b: 'x' }));
  });
});

describe('the terms of a document', () => {
  it('fit a tsvector, however long the text and however rare its words', () => {
    const words = Array.from({ length: 140_000 }, (_, at) => at.toString(36).padStart(7, 'x')).join(' ');
    const { tokens, length } = documentTerms(words);
    expect(tokens.length).toBeLessThan(1_000_000);
    expect(length).toBeGreaterThan(50_000);
    expect(documentTerms('가나다라 '.repeat(60_000)).tokens.length).toBeLessThan(1_000_000);
  });

  it('count a word as often as PostgreSQL does', () => {
    expect(documentTerms('red red blue').length).toBe(3);
    expect(documentTerms('red '.repeat(300)).length).toBe(255);
  });

  it('round their number as the BM25 index does', () => {
    expect([0, 1, 39, 40, 41, 42, 56, 57, 59, 60, 100, 1000].map(roundedLength)).toEqual([
      0, 1, 39, 40, 40, 42, 56, 56, 56, 60, 96, 984,
    ]);
  });
});
