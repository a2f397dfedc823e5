import { expect, it } from 'vitest';
import { bandOf, bands } from './selectivity-band.ts';

it('puts each share into the band that holds it, upper bounds included', () => {
  expect(bandOf(undefined)).toBe('1');
  expect([1, 0.2, 0.1, 0.011, 0.01, 0.001, 0.0001, 0].map(bandOf)).toEqual([
    '0.1-1',
    '0.1-1',
    '0.01-0.1',
    '0.01-0.1',
    '0.001-0.01',
    '0-0.001',
    '0-0.001',
    '0-0.001',
  ]);
  expect(bands).toContain(bandOf(0.5));
});
