import { describe, expect, it } from 'vitest';
import type { DemoCounts } from './demo-files.ts';
import { nextChunk } from './demo-plan.ts';

const totals: DemoCounts = { products: 19_406, movies: 9_742, ratings: 100_836 };

describe('the order of the demo', () => {
  const order: string[] = [];
  const published: DemoCounts = { products: 0, movies: 0, ratings: 0 };
  for (let chunk = nextChunk(published, totals); chunk !== undefined; chunk = nextChunk(published, totals)) {
    published[chunk.part] += chunk.size;
    order.push(chunk.part);
  }

  it('publishes everything once', () => {
    expect(published).toEqual(totals);
  });

  it('begins with products, has every film before the first rating, and ends products and ratings together', () => {
    expect(order[0]).toBe('products');
    expect(order.lastIndexOf('movies')).toBeLessThan(order.indexOf('ratings'));
    expect(Math.abs(order.lastIndexOf('products') - order.lastIndexOf('ratings'))).toBeLessThanOrEqual(2);
  });

  it('has nothing left when everything is published', () => {
    expect(nextChunk(totals, totals)).toBeUndefined();
  });
});
