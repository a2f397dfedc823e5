import { describe, expect, it } from 'vitest';
import { Metrics } from './index.ts';

describe('metrics', () => {
  it('give the same metric for the same name', async () => {
    const metrics = new Metrics();
    metrics.counter('kindred_items_total', 'Items.', ['outcome']).inc({ outcome: 'stored' }, 2);
    metrics.counter('kindred_items_total', 'Items.', ['outcome']).inc({ outcome: 'stored' });
    metrics.histogram('kindred_batch_seconds', 'Batches.').observe(0.2);
    const text = await metrics.text();
    expect(text).toContain('kindred_items_total{outcome="stored"} 3');
    expect(text).toContain('kindred_batch_seconds_bucket{le="0.25"} 1');
    expect(text).toContain('process_cpu_seconds_total');
  });
});
