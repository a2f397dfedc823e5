import { style } from './style.ts';
import { renderTable } from './table.ts';

export type Field = [name: string, value: string];

/** Names and values under one another; fields without a value are left out. */
export function renderFields(fields: Field[]): string {
  const columns = [
    { head: 'field', value: ([name]: Field) => style('dim', name) },
    { head: 'value', value: ([, value]: Field) => value },
  ];
  const table = renderTable(
    columns,
    fields.filter(([, value]) => value !== ''),
  );
  return table.slice(table.indexOf('\n') + 1);
}
