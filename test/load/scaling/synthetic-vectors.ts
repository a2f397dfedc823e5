import type { RealVectors } from '../search/real-vectors.ts';
import { dimensions, SyntheticMixture } from './synthetic-mixture.ts';

/** Of the mixture, in the form of real ones. */
export async function syntheticVectors(count: number, queryCount: number): Promise<RealVectors> {
  const mixture = new SyntheticMixture();
  const [texts, queryTexts]: [string[], string[]] = [[], []];
  const [stored, queries] = [new Float32Array(count * dimensions), new Float32Array(queryCount * dimensions)];
  for (let at = 0; at < count; at++) {
    const { vector, text } = mixture.row(at);
    stored.set(vector, at * dimensions);
    texts.push(text);
  }
  for (let at = 0; at < queryCount; at++) {
    const { vector, text } = mixture.query(at);
    queries.set(vector, at * dimensions);
    queryTexts.push(text);
  }
  return { stored, queries, texts, queryTexts };
}
