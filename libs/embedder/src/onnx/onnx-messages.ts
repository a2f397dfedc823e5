import type { OnnxDtype, Pooling } from './onnx-parameters.ts';

/** What a thread is started with. */
export interface ThreadSettings {
  /** The package that runs the model: @huggingface/transformers, unless a test says otherwise. */
  package: string;
  /** A folder's path; a name at the hub when `download` is set. */
  model: string;
  /** Where to fetch what the folder lacks. */
  download?: { into: string; hubAddress?: string };
  dtype: OnnxDtype;
  pooling: Pooling;
  maxTokens?: number;
}

/** What a loaded model says of itself. */
export interface LoadedModel {
  dimensions: number;
  maxTokens: number;
  /** Whether a text gets the same vector whatever is computed beside it; not so with activations quantized at run time. */
  batches: boolean;
}

export type OnnxRequest = { tokenize: string[] } | { embed: Int32Array[]; together: boolean };

export type OnnxAnswer = { tokens: Int32Array[] } | { vectors: Float32Array };
