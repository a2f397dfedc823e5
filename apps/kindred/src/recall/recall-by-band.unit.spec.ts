import { expect, it } from 'vitest';
import { recallByBand } from './recall-by-band.ts';

it('weighs hours by their queries, and keeps the worst', () => {
  const hour = new Date(0);
  const points = [
    { collection: '상품', band: '1', hour, queries: 1n, recall: 0.5, worst: 0.5 },
    { collection: '상품', band: '1', hour, queries: 3n, recall: 0.9, worst: 0.7 },
    { collection: '상품', band: '0.1-1', hour, queries: 2n, recall: 1, worst: 1 },
  ];
  expect(recallByBand(points)).toEqual([
    { collection: '상품', band: '1', queries: 4n, recall: expect.closeTo(0.8), worst: 0.5 },
    { collection: '상품', band: '0.1-1', queries: 2n, recall: 1, worst: 1 },
  ]);
});
