import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { style, terminalWidth } from './style.ts';

export interface Column<Row> {
  head: string;
  value: (row: Row) => string;
  right?: boolean;
  /** Shrinks with an ellipsis when the line would not fit the terminal. One or two columns at most. */
  flexible?: boolean;
}

const frame = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** Upper bound of the terminal cells a text takes: everything from Hangul Jamo on counts two. */
const cells = (text: string) =>
  [...stripVTControlCharacters(text)].reduce((sum, char) => sum + (char.codePointAt(0)! >= 0x1100 ? 2 : 1), 0);

/** An aligned table without borders; East Asian characters take their two cells. Columns without any value are left out. */
export function renderTable<Row>(columns: Column<Row>[], rows: Row[], width = terminalWidth()): string {
  const texts = columns.map((column) => rows.map((row) => oneLine(column.value(row))));
  const used = columns.map((_, index) => index).filter((index) => texts[index]!.some((text) => text !== ''));
  if (used.length === 0) return '';
  const table = new Table({
    head: used.map((index) => style('dim', columns[index]!.head)),
    colAligns: used.map((index) => (columns[index]!.right ? 'right' : 'left')),
    colWidths: widths(
      used.map((index) => columns[index]!),
      used.map((index) => texts[index]!),
      width,
    ),
    chars: frame,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  rows.forEach((_, row) => {
    table.push(used.map((index) => texts[index]![row]!));
  });
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

function widths<Row>(columns: Column<Row>[], texts: string[][], total: number): (number | null)[] {
  const natural = columns.map((column, index) => Math.max(cells(column.head), ...texts[index]!.map(cells)));
  const needed = natural.reduce((sum, width) => sum + width + 2, -2);
  let excess = needed - total;
  return columns.map((column, index) => {
    if (!column.flexible || excess <= 0) return null;
    const width = Math.max(16, natural[index]! - excess);
    excess -= natural[index]! - width;
    return width;
  });
}
