import { firstLine } from './first-line.ts';
import { Unusable } from './unusable.ts';

export type Transformers = typeof import('@huggingface/transformers');

/** What a model of transformers.js gives, by name. */
export type ModelOutput = Record<string, { data: ArrayLike<number>; dims: number[] } | undefined>;

/** The optional package that runs ONNX models, under the name that the settings give it. Throws Unusable. */
export async function loadTransformers(name: string): Promise<Transformers> {
  try {
    return (await import(name)) as Transformers;
  } catch (error) {
    const message = `the package "${name}" cannot be loaded (${firstLine(error)}); npm install @huggingface/transformers onnxruntime-node`;
    throw new Unusable('provider', message);
  }
}
