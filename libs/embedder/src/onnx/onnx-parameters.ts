import { z } from 'zod';

/** Suffix of the ONNX file of each dtype, as transformers.js names them. */
export const fileSuffixes = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

export type OnnxDtype = keyof typeof fileSuffixes;

/** How the vectors of a text's tokens become one; must be the way the model was trained. */
export type Pooling = 'mean' | 'cls' | 'last';

const dtypes = Object.keys(fileSuffixes) as [OnnxDtype, ...OnnxDtype[]];
const relative = /^(?!.*(^|[\\/])\.\.?([\\/]|$))[^\\/][^\\]*$/;

export const onnxParameters = z.strictObject({
  /** Below the process's model folder; for a download also the name at the hub: "Xenova/multilingual-e5-small". */
  folder: z
    .string()
    .regex(
      relative,
      'a folder below the model folder, without ".." and without a leading slash, like "all-MiniLM-L6-v2"',
    ),
  dtype: z.enum(dtypes).default('q8'),
  pooling: z.enum(['mean', 'cls', 'last']).default('mean'),
  /** There so that a definition can say it: vectors are always of length 1. */
  normalize: z
    .literal(true, 'vectors always have length 1, which is what the index compares; leave it out')
    .default(true),
  /** Put before every query; multilingual-e5 needs "query: ". */
  queryPrefix: z.string().max(2_000).default(''),
  /** Put before every document; multilingual-e5 needs "passage: ". */
  documentPrefix: z.string().max(2_000).default(''),
  /** Longer texts are cut. Absent: what the model's own files say. */
  maxTokens: z.number().int().min(8).max(32_768).optional(),
  /** Worker threads, each with a copy of the model in memory and one core to compute on. */
  threads: z.number().int().min(1).max(64).default(1),
  /** Most tokens that are computed at a time, padding included; bounds the memory of a run. */
  batchTokens: z.number().int().min(8).max(1_048_576).default(4_096),
});

export type OnnxParameters = z.output<typeof onnxParameters>;
