import type { IndexVariant } from './index-variant.ts';
import type { TuneResult, TuneRun } from './tune-result.ts';

export const graph = (
  m: number,
  efConstruction: number,
  element: IndexVariant['element'] = 'halfvec',
): IndexVariant => ({
  method: 'hnsw',
  element,
  m,
  efConstruction,
});
export const lists = (count: number): IndexVariant => ({ method: 'ivfflat', element: 'halfvec', lists: count });

/** A measurement with these figures, and others that follow from them. */
export const resultOf = (
  variant: IndexVariant,
  breadth: number,
  figures: { recall10: number; qps: number; p95Ms?: number; memory?: number },
): TuneResult => ({
  variant,
  breadth,
  buildSeconds: 12.5,
  indexBytes: 24_000_000,
  memoryBytes: figures.memory ?? 24_000_000,
  recall1: figures.recall10,
  recall10: figures.recall10,
  recall100: figures.recall10,
  recall10Error: 0.01,
  p50Ms: 1,
  p95Ms: figures.p95Ms ?? 1_000 / figures.qps,
  p99Ms: 20,
  qps: figures.qps / 2,
  qpsClients: figures.qps,
});

export const runOf = (results: TuneResult[], collection = '상품'): TuneRun => ({
  facts: {
    collection,
    model: 'minilm 1',
    dimensions: 384,
    stored: 'halfvec',
    rows: 1_000,
    total: 1_100,
    queries: 100,
    source: '100 vectors of the collection itself, held out of the copy',
    clients: 4,
    postgres: '18.6',
    pgvector: '0.8.7',
    maintenanceWorkMem: '512MB',
    startedAt: new Date('2026-11-24T12:00:00Z'),
    exactP50Ms: 9,
  },
  results,
  notes: ['hnsw graph no longer fits into maintenance_work_mem after 500 tuples'],
  seconds: 75,
});
