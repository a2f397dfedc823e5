const low = 8;
export const perceptualHashBits = low * low - 1;
/** Coefficients this near to the median differ by rounding: a picture of one color has all bits set. */
const noise = 1e-2;

/**
 * The signs of the lowest 63 frequencies against their median, without the mean (Zauner 2010, "Implementation and
 * Benchmarking of Perceptual Image Hash Functions", section 3.2.1), as ±1/√63: the inner product is 1 - 2 Hamming / 63.
 */
export function perceptualHash(gray: Float32Array, side: number): Float32Array {
  const coefficients = frequencies(gray, side).subarray(1);
  const median = coefficients.toSorted()[perceptualHashBits >> 1]!;
  const bit = 1 / Math.sqrt(perceptualHashBits);
  return coefficients.map((value) => (value - median >= -noise ? bit : -bit));
}

/** DCT-II of the lowest 8 x 8 frequencies, rows first. Unscaled but for the number of pixels. */
function frequencies(gray: Float32Array, side: number): Float32Array {
  const waves = Float32Array.from({ length: low * side }, (_, at) =>
    Math.cos((Math.PI * Math.floor(at / side) * ((at % side) + 0.5)) / side),
  );
  const rows = new Float32Array(side * low);
  for (let y = 0; y < side; y++) {
    for (let u = 0; u < low; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += gray[y * side + x]! * waves[u * side + x]!;
      rows[y * low + u] = sum / side;
    }
  }
  const result = new Float32Array(low * low);
  for (let v = 0; v < low; v++) {
    for (let u = 0; u < low; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += rows[y * low + u]! * waves[v * side + y]!;
      result[v * low + u] = sum / side;
    }
  }
  return result;
}
