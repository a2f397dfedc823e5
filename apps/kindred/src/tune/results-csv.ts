import type { TuneResult } from './tune-result.ts';

const columns: [string, (result: TuneResult) => string | number][] = [
  ['method', ({ variant }) => variant.method],
  ['element', ({ variant }) => variant.element],
  ['m', ({ variant }) => (variant.method === 'hnsw' ? variant.m : '')],
  ['ef_construction', ({ variant }) => (variant.method === 'hnsw' ? variant.efConstruction : '')],
  ['lists', ({ variant }) => (variant.method === 'ivfflat' ? variant.lists : '')],
  ['ef_search', ({ variant, breadth }) => (variant.method === 'hnsw' ? breadth : '')],
  ['probes', ({ variant, breadth }) => (variant.method === 'ivfflat' ? breadth : '')],
  ['build_seconds', (result) => result.buildSeconds.toFixed(3)],
  ['index_bytes', (result) => result.indexBytes],
  ['memory_bytes', (result) => result.memoryBytes],
  ['recall_at_1', (result) => result.recall1.toFixed(5)],
  ['recall_at_10', (result) => result.recall10.toFixed(5)],
  ['recall_at_100', (result) => result.recall100.toFixed(5)],
  ['recall_at_10_error', (result) => result.recall10Error.toFixed(5)],
  ['p50_ms', (result) => result.p50Ms.toFixed(3)],
  ['p95_ms', (result) => result.p95Ms.toFixed(3)],
  ['p99_ms', (result) => result.p99Ms.toFixed(3)],
  ['qps_one_client', (result) => result.qps.toFixed(1)],
  ['qps_all_clients', (result) => result.qpsClients.toFixed(1)],
];

/** One line per measurement, after a line of names; no value holds a comma. */
export function resultsCsv(results: readonly TuneResult[]): string {
  const lines = results.map((result) => columns.map(([, value]) => value(result)).join(','));
  return `${[columns.map(([name]) => name).join(','), ...lines].join('\n')}\n`;
}
