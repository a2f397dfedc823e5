/** Rows of int8 with one scale each: a quarter of float32, within 1/254 of a row's largest value. */
export interface QuantizedRows {
  scales: Float32Array;
  values: Int8Array;
}

export function quantizeRows(rows: Float32Array, dimensions: number): QuantizedRows {
  const count = rows.length / dimensions;
  const scales = new Float32Array(count);
  const values = new Int8Array(rows.length);
  for (let row = 0; row < count; row++) {
    const start = row * dimensions;
    let largest = 0;
    for (let at = start; at < start + dimensions; at++) largest = Math.max(largest, Math.abs(rows[at]!));
    scales[row] = largest / 127;
    if (largest === 0) continue;
    for (let at = start; at < start + dimensions; at++) values[at] = Math.round((rows[at]! / largest) * 127);
  }
  return { scales, values };
}

/** Adds a row to `sum`. */
export function addQuantizedRow({ scales, values }: QuantizedRows, row: number, sum: Float32Array): void {
  const start = row * sum.length;
  for (let at = 0; at < sum.length; at++) sum[at] = sum[at]! + scales[row]! * values[start + at]!;
}
