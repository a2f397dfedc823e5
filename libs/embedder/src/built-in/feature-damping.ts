const recordBytes = 5;
const magic = 'KDMP';

/**
 * How little common features say, frozen with the model: weight in (0, 1] by `hashFeature` of the feature; absent means 1.
 * Weight = ln(1 / rate) / ln(1 / floor), an inverse document frequency, for features in more than `floor` of texts.
 */
export type FeatureDamping = ReadonlyMap<number, number>;

/** Reads "KDMP", a count (uint32 LE), then per feature its hash (uint32 LE) and its weight in 1/255. */
export function readFeatureDamping(file: Uint8Array): FeatureDamping {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found = file.byteLength < 8 ? '' : String.fromCharCode(...file.subarray(0, 4));
  if (found !== magic || file.byteLength !== 8 + view.getUint32(4, true) * recordBytes) {
    throw new Error('Not a feature damping file, or one cut short');
  }
  const damping = new Map<number, number>();
  for (let at = 8; at < file.byteLength; at += recordBytes) {
    damping.set(view.getUint32(at, true), view.getUint8(at + 4) / 255);
  }
  return damping;
}

/** The file that `readFeatureDamping` reads. Weights are rounded to 1/255, and at least 1/255. */
export function writeFeatureDamping(damping: FeatureDamping): Uint8Array {
  const file = new Uint8Array(8 + damping.size * recordBytes);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode(magic));
  view.setUint32(4, damping.size, true);
  [...damping]
    .sort(([left], [right]) => left - right)
    .forEach(([hash, weight], index) => {
      view.setUint32(8 + index * recordBytes, hash, true);
      view.setUint8(12 + index * recordBytes, Math.max(1, Math.round(weight * 255)));
    });
  return file;
}
