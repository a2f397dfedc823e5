import type { Pooling } from './onnx-parameters.ts';

/** Vectors of tokens as a model gives them: text x token x dimension; texts are padded on the right. */
export interface TokenVectors {
  values: ArrayLike<number>;
  tokens: number;
  dimensions: number;
}

/** One vector of length 1 per text, one after the other; `lengths` are the texts' tokens without padding. */
export function poolTokens(vectors: TokenVectors, lengths: readonly number[], pooling: Pooling): Float32Array {
  const { values, tokens, dimensions } = vectors;
  const pooled = new Float32Array(lengths.length * dimensions);
  for (const [text, length] of lengths.entries()) {
    const [first, last] = pooling === 'mean' ? [0, length] : pooling === 'cls' ? [0, 1] : [length - 1, length];
    let squares = 0;
    for (let at = 0; at < dimensions; at += 1) {
      let sum = 0;
      for (let token = first; token < last; token += 1) sum += values[(text * tokens + token) * dimensions + at]!;
      const value = sum / (last - first);
      squares += value * value;
      pooled[text * dimensions + at] = value;
    }
    const scale = 1 / Math.sqrt(squares);
    for (let at = 0; at < dimensions; at += 1) pooled[text * dimensions + at]! *= scale;
  }
  return pooled;
}
