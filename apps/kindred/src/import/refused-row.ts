import type { ErrorDetail } from '@kindred/contracts';
import type { Mapping } from './header-mapping.ts';
import type { BadRow } from './source-row.ts';

/** What the server refused a row for, by the column that it came from: paths of its messages mean nothing in a file. */
export function refusedRow(line: number, error: ErrorDetail | undefined, mapping: Mapping): BadRow {
  const { field: path, message } = error ?? { field: '', message: 'was refused' };
  const target = path.replace(/^(?:item|interactions\[\d+\])\./, '');
  const header = [...mapping].find(([, mapped]) => mapped === target)?.[0];
  const named = path !== '' && message.startsWith(path);
  return { line, field: header ?? target, reason: named ? message.slice(path.length).replace(/^:?\s+/, '') : message };
}
