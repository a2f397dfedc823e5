import { modelName } from '@kindred/client';
import { ModelRole, type VectorRefusal, type VectorStatus } from '@kindred/contracts';
import { enumName } from '../output/enum-name.ts';
import { count, moment } from '../output/format.ts';
import { style } from '../output/style.ts';
import { type Column, renderTable } from '../output/table.ts';

const roleOf = (status: VectorStatus) =>
  status.role === ModelRole.MODEL_ROLE_UNSPECIFIED ? '' : enumName(ModelRole, status.role, 'MODEL_ROLE_');

const columns: Column<VectorStatus>[] = [
  { head: 'collection', value: (row) => row.collection },
  { head: 'kind', value: (row) => row.kind },
  { head: 'model', value: (row) => modelName(row.model) },
  { head: 'role', value: roleOf },
  { head: 'items', right: true, value: (row) => count(row.items) },
  { head: 'vectors', right: true, value: (row) => count(row.vectors) },
  { head: 'missing', right: true, value: (row) => count(row.missing) },
  { head: 'stale', right: true, value: (row) => count(row.stale) },
  { head: 'orphaned', right: true, value: (row) => count(row.orphaned) },
  { head: 'refused', right: true, value: (row) => count(row.refused) },
  { head: 'method', value: (row) => row.method },
  { head: 'now', value: (row) => (row.reconciling ? 'reconciling' : '') },
];

export const vectorsTable = (vectors: VectorStatus[]): string => renderTable(columns, vectors);

/** With the names of what is a number on the wire. */
export const vectorsForJson = (vectors: VectorStatus[]) => vectors.map((row) => ({ ...row, role: roleOf(row) }));

type Refusal = VectorRefusal & { collection: string; model: string };

const refusalColumns: Column<Refusal>[] = [
  { head: 'collection', value: (row) => row.collection },
  { head: 'model', value: (row) => row.model },
  { head: 'item', value: (row) => row.itemId },
  { head: 'refused', value: (row) => moment(row.refusedAt) },
  { head: 'reason', flexible: true, value: (row) => row.reason },
];

/** The table, why models fail, and what they refused last. */
export function vectorsText(vectors: VectorStatus[]): string {
  const failing = vectors.filter((row) => row.reason !== '');
  const reasons = failing.map((row) => style('red', `${modelName(row.model)} in ${row.collection}: ${row.reason}`));
  const refusals = vectors
    .flatMap(({ refusals, collection, model }): Refusal[] =>
      refusals.map((one) => ({ ...one, collection, model: modelName(model) })),
    )
    .sort((left, right) => (right.refusedAt?.getTime() ?? 0) - (left.refusedAt?.getTime() ?? 0));
  const blocks = [
    vectorsTable(vectors),
    reasons.length === 0 ? '' : [style('bold', 'failing'), ...reasons].join('\n'),
    refusals.length === 0 ? '' : `${style('bold', 'refused')}\n${renderTable(refusalColumns, refusals)}`,
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}
