import { CollectionStatus, GetStatusResponse } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { whatIsIn } from './what-is-in.ts';

describe('what a started server says is in', () => {
  it('is every collection, or nothing yet', async () => {
    const collections = [CollectionStatus.create({ name: '상품', items: 1_200n })];
    const status = GetStatusResponse.create({ collections, interactions: 1n });
    expect(await whatIsIn(async () => status)).toBe('in: 상품 1,200 items · 1 interaction\n');
    expect(await whatIsIn(async () => GetStatusResponse.create())).toBe('nothing is in yet\n');
  });

  it('is told later where it cannot be read, and stops nothing', async () => {
    const away = async () => Promise.reject(new Error('Kafka does not answer: not the coordinator'));
    const line =
      'what is in cannot be told yet: Kafka does not answer: not the coordinator; kindred status tells it later\n';
    expect(await whatIsIn(away)).toBe(line);
  });
});
