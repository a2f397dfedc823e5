import { modelName } from '@kindred/client';
import { IndexState, ModelRole, type VectorIndex } from '@kindred/contracts';
import { enumName } from '../output/enum-name.ts';
import { bytes, count, plural } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';
import { goodRecall } from '../recall/measured-recall.ts';

export const stateOf = (row: VectorIndex) => enumName(IndexState, row.state, 'INDEX_STATE_');
const roleOf = (row: VectorIndex) => enumName(ModelRole, row.role, 'MODEL_ROLE_');

function settingsOf(index: VectorIndex): string {
  const { method, element, distance, m, efConstruction, lists } = index;
  if (method === 'none') return '';
  const numbers = method === 'ivfflat' ? `lists ${lists}` : `m ${m}, ef_construction ${efConstruction}`;
  return `${numbers}, ${element} by ${distance}${segmentsOf(index)}`;
}

function segmentsOf({ segments, segmentsAsAsked }: VectorIndex): string {
  if (segments.length === 0) return '';
  const fields = [...new Set(segments.map(({ field }) => field))].join(', ');
  return `, ${plural(segments.length, 'segment')} of ${fields}${segmentsAsAsked ? ' (as asked)' : ''}`;
}

function nowOf(row: VectorIndex): string {
  const name = stateOf(row);
  if (row.state === IndexState.INDEX_STATE_DUE) return `${name}: ${row.reason}`;
  if (row.total === 0n) return row.phase === '' ? name : `${name}: ${row.phase}`;
  return `${name}: ${row.phase}, ${Math.floor((100 * Number(row.done)) / Number(row.total))} %`;
}

const columns: Column<VectorIndex>[] = [
  { head: 'collection', value: (row) => row.collection },
  { head: 'model', value: (row) => modelName(row.model) },
  { head: 'role', value: roleOf },
  { head: 'index', value: (row) => row.method },
  { head: 'built with', value: settingsOf },
  { head: 'rows', right: true, value: (row) => count(row.rows) },
  { head: 'recent', right: true, value: (row) => count(row.recentRows) },
  { head: 'dead', right: true, value: (row) => count(row.deadRows) },
  { head: 'table', right: true, value: (row) => bytes(row.tableBytes) },
  {
    head: 'size',
    right: true,
    value: (row) => bytes(row.segments.reduce((sum, one) => sum + one.bytes, row.indexBytes)),
  },
  { head: 'bloat', right: true, value: (row) => `${row.bloat.toFixed(1)}x` },
  { head: 'recall@10', value: (row) => goodRecall(row.recall) },
  { head: 'now', value: nowOf },
];

export const indexesText = (indexes: VectorIndex[]): string => renderTable(columns, indexes);

/** With the names of what is a number on the wire. */
export const indexesForJson = (indexes: VectorIndex[]) =>
  indexes.map((row) => ({ ...row, role: roleOf(row), state: stateOf(row) }));
