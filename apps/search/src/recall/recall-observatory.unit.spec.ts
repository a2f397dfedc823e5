import { Plan, PlanLeg } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { Log, Metrics } from '@kindred/runtime';
import type { RecallProbe, SearchRequest } from '@kindred/vector-index';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecallObservatory } from './recall-observatory.ts';

const asked: SearchRequest = {
  tenant: 'default',
  collection: 'shop',
  by: { kind: 'vector', values: [1, 0], model: '' },
};

function planBy(breadthFrom: string, more: { method?: string; selectivity?: number } = {}): Plan {
  const { method = 'vector_hnsw', selectivity } = more;
  const dense = PlanLeg.create({ name: 'dense', method, settings: { breadth_from: breadthFrom } });
  return Plan.create({ legs: [dense], selectivity });
}

/** How many of these queries are answered again, of a share that chance draws none of. */
async function sampled(
  plans: readonly Plan[],
  { share = 0.01, limit, keep = async () => {} }: { share?: number; limit?: number; keep?: () => Promise<void> } = {},
) {
  const probed: SearchRequest[] = [];
  const probe = {
    probe: async (request: SearchRequest) => {
      probed.push(request);
      return { collectionId: 1, recall: 1 };
    },
  } as unknown as RecallProbe;
  const database = { transaction: keep } as unknown as Database;
  const options = { share, random: () => 0.5, pauseMs: 1 };
  const observatory = new RecallObservatory(database, probe, new Metrics(), Log.silent(), options);
  for (const plan of plans) {
    observatory.note({ ...asked, limit }, plan);
    await vi.advanceTimersByTimeAsync(60_000);
  }
  await observatory.beforeApplicationShutdown();
  return probed.length;
}

describe('the recall observatory', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('measures every query that the planner can learn from, until it knows the collection', async () => {
    expect(await sampled([planBy('index'), planBy('default'), planBy('index')])).toBe(3);
    expect(await sampled([planBy('live_queries'), planBy('named')])).toBe(0);
  });

  it('measures a share alone of what teaches no breadth: filters, lists and short pages', async () => {
    expect(await sampled([planBy('default', { selectivity: 0.3 })])).toBe(0);
    expect(await sampled([planBy('default', { method: 'vector_ivfflat' })])).toBe(0);
    expect(await sampled([planBy('default', { method: 'vector_hnsw_bit' })])).toBe(1);
    expect(await sampled([planBy('index')], { limit: 5 })).toBe(0);
    expect(await sampled([planBy('index')], { limit: 100 })).toBe(1);
  });

  it('measures a share alone where a replica keeps nothing that could teach', async () => {
    const keep = async () => {
      throw Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006' });
    };
    expect(await sampled([planBy('index'), planBy('index'), planBy('index')], { keep })).toBe(1);
  });

  it('measures nothing where no share is wanted', async () => {
    expect(await sampled([planBy('index')], { share: 0 })).toBe(0);
  });
});
