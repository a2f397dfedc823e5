import { bytes, count } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';
import { breadthName, type IndexVariant } from './index-variant.ts';
import type { TuneResult } from './tune-result.ts';

const share = (value: number) => value.toFixed(3);
const ms = (value: number) => value.toFixed(2);

/** m=24 ef_construction=128, or lists=141. */
export const parametersText = (variant: IndexVariant): string =>
  variant.method === 'hnsw' ? `m=${variant.m} efc=${variant.efConstruction}` : `lists=${variant.lists}`;

type Row = TuneResult & { mark: string };

export const resultColumns: Column<Row>[] = [
  { head: '', value: (row) => row.mark },
  { head: 'index', value: (row) => row.variant.method },
  { head: 'type', value: (row) => row.variant.element },
  { head: 'build with', value: (row) => parametersText(row.variant) },
  { head: 'search with', value: (row) => `${breadthName(row.variant)}=${row.breadth}` },
  { head: 'build s', right: true, value: (row) => row.buildSeconds.toFixed(1) },
  { head: 'size', right: true, value: (row) => bytes(row.indexBytes) },
  { head: 'memory', right: true, value: (row) => bytes(row.memoryBytes) },
  { head: 'R@1', right: true, value: (row) => share(row.recall1) },
  { head: 'R@10', right: true, value: (row) => share(row.recall10) },
  { head: 'R@100', right: true, value: (row) => share(row.recall100) },
  { head: 'p50 ms', right: true, value: (row) => ms(row.p50Ms) },
  { head: 'p95', right: true, value: (row) => ms(row.p95Ms) },
  { head: 'p99', right: true, value: (row) => ms(row.p99Ms) },
  { head: 'QPS', right: true, value: (row) => count(Math.round(row.qps)) },
  { head: 'QPS all', right: true, value: (row) => count(Math.round(row.qpsClients)) },
];

/** "*": on the Pareto front; ">": recommended. */
export function markedRows(
  results: readonly TuneResult[],
  front: readonly TuneResult[],
  best: TuneResult | undefined,
): Row[] {
  return results.map((result) => {
    const mark = result === best ? '>' : front.includes(result) ? '*' : '';
    return { ...result, mark };
  });
}

export const resultsTable = (rows: Row[]): string => renderTable(resultColumns, rows);
