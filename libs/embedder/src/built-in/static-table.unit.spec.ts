import { describe, expect, it } from 'vitest';
import { addRow, addTimes, readStaticTable } from './static-table.ts';

function tableFile(rows: number[], scales: number[], tokens: string): Uint8Array {
  const sections = [
    new TextEncoder().encode(tokens),
    new Uint8Array(Float32Array.from(scales).buffer),
    Int8Array.from(rows),
  ];
  let at = 512;
  const spans = sections.map((section) => {
    const span = [at, at + section.byteLength];
    at += section.byteLength + 1;
    return span;
  });
  const header = JSON.stringify({ dim: 2, unk: 0, off: { vocab: spans[0], scale: spans[1], q: spans[2] } });
  const file = new Uint8Array(at);
  file.set(new TextEncoder().encode('SEMB'));
  new DataView(file.buffer).setUint32(4, header.length, true);
  file.set(new TextEncoder().encode(header), 8);
  sections.forEach((section, index) => {
    file.set(new Uint8Array(section.buffer), spans[index]![0]!);
  });
  return file;
}

describe('readStaticTable', () => {
  it('reads the tokens, the scales and the rows, wherever they start', () => {
    const table = readStaticTable(tableFile([1, 2, 3, -4], [0.5, 2], 'ab\né'));
    expect([...table.vocabulary]).toEqual([
      ['ab', 0],
      ['é', 1],
    ]);
    expect([...table.scales]).toEqual([0.5, 2]);
    const sum = new Float32Array(2);
    addRow(table, 0, sum);
    addRow(table, 1, sum);
    expect([...sum]).toEqual([6.5, -7]);
  });

  it('adds only the first values of a row to a shorter sum', () => {
    const sum = new Float32Array(1);
    addRow(readStaticTable(tableFile([1, 2, 3, -4], [1, 1], 'a\nb')), 1, sum);
    expect([...sum]).toEqual([3]);
  });

  it('adds a row a number of times, as if its values had been float32 before', () => {
    const table = readStaticTable(tableFile([1, 2, 3, -4], [1, 0.1], 'a\nb'));
    const [sum, row] = [new Float32Array(4), new Float32Array(2)];
    addTimes(table, 1, 3, sum, 2);
    addRow(table, 1, row);
    expect([...sum]).toEqual([Math.fround(3 * row[0]!), Math.fround(3 * row[1]!), 0, 0]);
  });

  it('refuses another file and a damaged one', () => {
    expect(() => readStaticTable(new Uint8Array(3))).toThrow('Not a static embedding table');
    expect(() => readStaticTable(tableFile([1, 2, 3], [1, 1], 'a\nb'))).toThrow('cut short or damaged');
  });
});
