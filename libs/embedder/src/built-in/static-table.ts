/** One vector of int8 per WordPiece token with one float scale per row; a text is the mean of its tokens' rows. */
export interface StaticTable {
  /** Values per row. The basis is sorted by explained variance, so a prefix of a row is a smaller vector of the same text. */
  dimensions: number;
  /** Token to row. */
  vocabulary: ReadonlyMap<string, number>;
  /** Row of the token that stands for every unknown word. */
  unknown: number;
  /** Row-major, tokens x dimensions. */
  rows: Int8Array;
  scales: Float32Array;
}

interface Header {
  dim: number;
  unk: number;
  /** [start, end] of each section, in bytes from the start of the file. */
  off: { vocab: [number, number]; scale: [number, number]; q: [number, number] };
}

/** Reads "SEMB", the length of the JSON header (uint32 LE), the header, and the sections it points to. */
export function readStaticTable(file: Uint8Array): StaticTable {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const text = new TextDecoder('utf-8', { fatal: true });
  if (file.byteLength < 8 || text.decode(file.subarray(0, 4)) !== 'SEMB')
    throw new Error('Not a static embedding table');
  const header = JSON.parse(text.decode(file.subarray(8, 8 + view.getUint32(4, true)))) as Header;
  // A copy: float32 values need an aligned start.
  const section = ([start, end]: [number, number]) => new Uint8Array(file.subarray(start, end));
  const tokens = text.decode(section(header.off.vocab)).split('\n');
  const table = {
    dimensions: header.dim,
    vocabulary: new Map(tokens.map((token, row) => [token, row])),
    unknown: header.unk,
    rows: new Int8Array(section(header.off.q).buffer),
    scales: new Float32Array(section(header.off.scale).buffer),
  };
  if (table.scales.length !== tokens.length || table.rows.length !== tokens.length * header.dim) {
    throw new Error('The static embedding table is cut short or damaged');
  }
  return table;
}

/** Adds the row of a token to `sum`; a row longer than `sum` is cut. */
export function addRow(table: StaticTable, token: number, sum: Float32Array): void {
  const { rows, dimensions } = table;
  const scale = table.scales[token]!;
  const start = token * dimensions;
  const length = sum.length;
  for (let at = 0; at < length; at++) sum[at] = sum[at]! + scale * rows[start + at]!;
}

/** Adds the first `length` values of a token's row, rounded to float32, a number of times to the beginning of `sum`. */
export function addTimes(table: StaticTable, token: number, times: number, sum: Float32Array, length: number): void {
  const { rows, dimensions } = table;
  const scale = table.scales[token]!;
  const start = token * dimensions;
  for (let at = 0; at < length; at++) sum[at]! += times * Math.fround(scale * rows[start + at]!);
}
