/** What a CLIP thread is started with. */
export interface ClipSettings {
  package: string;
  folder: string;
  dtype: string;
  /** Cores that one input is computed on. */
  threads: number;
}

export interface LoadedClip {
  dimensions: number;
}

/** One input; pictures come as bytes of red, green, blue. */
export type ClipRequest = { text: string } | { pixels: Uint8Array; width: number; height: number };

/** Of length 1. */
export interface ClipAnswer {
  vector: Float32Array;
}
