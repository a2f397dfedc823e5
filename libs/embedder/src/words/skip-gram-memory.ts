import { KindredError } from '@kindred/contracts';
import { aliasTable, keepLimits } from './vocabulary.ts';
import { type WasmMemory, wasm } from './web-assembly.ts';

/** What decides the result of a training, besides the corpus. */
export interface SkipGramParameters {
  /** Values per vector, 8 to 1,000. */
  dimensions: number;
  /** Furthest neighbor that a word learns; each time a reach of 1 to this is drawn. */
  window: number;
  /** Words drawn against each observed one. */
  negatives: number;
  epochs: number;
  /** Share of a word above which its occurrences are thinned out; 0 for never. */
  sample: number;
  /** Learning rate at the start; falls to a 250th at the end. */
  rate: number;
  seed: number;
  threads: number;
}

/** Where everything lies in the memory that all threads share. Bytes; rows are padded with zeros to `stride` floats. */
export interface SkipGramMemory {
  memory: WasmMemory;
  stride: number;
  inputs: number;
  outputs: number;
  /** Start of each thread's settings, and of its room for tokens. */
  settings: number[];
  tokens: number[];
}

/** Entries of the sigmoid table over [-6, 6), as in skip-gram.ts. */
const tableSize = 4096;
/** Tokens handed to a thread at a time; no sentence is longer. */
export const sliceTokens = 10_000;
const pageBytes = 65_536;
const settingsBytes = 128;

/** Fills the tables and starts the vectors: inputs evenly in ±1/dimensions from the seed (as fastText and gensim), outputs at zero. */
export function skipGramMemory(counts: readonly number[], parameters: SkipGramParameters): SkipGramMemory {
  const stride = Math.ceil(parameters.dimensions / 4) * 4;
  const plan = new Plan();
  const inputs = plan.take(counts.length * stride * 4);
  const outputs = plan.take(counts.length * stride * 4);
  const tables = [keepLimits(counts, parameters.sample), ...Object.values(aliasTable(counts)), ...sigmoidTables()];
  const [keep, limits, aliases, sigmoid, losses] = tables.map((table) => plan.take(table.byteLength));
  const threads = Array.from({ length: parameters.threads }, () => ({
    settings: plan.take(settingsBytes),
    gradient: plan.take(stride * 4),
    kept: plan.take(sliceTokens * 4),
    tokens: plan.take(sliceTokens * 4),
  }));
  const memory = plan.allocate();
  const copy = (table: Uint32Array | Float32Array, to: number) =>
    new Uint8Array(memory.buffer, to, table.byteLength).set(
      new Uint8Array(table.buffer, table.byteOffset, table.byteLength),
    );
  const places = [keep, limits, aliases, sigmoid, losses];
  for (const [at, table] of tables.entries()) copy(table, places[at]!);
  const { window, negatives, seed, dimensions } = parameters;
  threads.forEach(({ settings, gradient, kept }, thread) => {
    const fields = [inputs, outputs, stride, window, negatives, counts.length, keep!, limits!, aliases!, sigmoid!];
    new Uint32Array(memory.buffer, settings, 13).set([...fields, losses!, gradient, kept]);
    new BigUint64Array(memory.buffer, settings + 56, 1)[0] = spread(BigInt(seed), BigInt(thread));
  });
  startInputs(new Float32Array(memory.buffer, inputs, counts.length * stride), dimensions, stride, seed);
  return {
    memory,
    stride,
    inputs,
    outputs,
    settings: threads.map((each) => each.settings),
    tokens: threads.map((each) => each.tokens),
  };
}

/** Sum of the losses, and how many observed words that were. */
export function lossOf({ memory, settings }: SkipGramMemory): { loss: number; samples: number } {
  const sums = settings.map((at) => new Float64Array(memory.buffer, at + 64, 2));
  return {
    loss: sums.reduce((sum, each) => sum + each[0]!, 0),
    samples: sums.reduce((sum, each) => sum + each[1]!, 0),
  };
}

/** Hands out aligned places, then makes the memory that holds them. */
class Plan {
  private end = 64;

  take(bytes: number): number {
    const start = this.end;
    this.end += Math.ceil(bytes / 64) * 64;
    return start;
  }

  allocate(): WasmMemory {
    const pages = Math.ceil(this.end / pageBytes);
    if (pages > 65_535) {
      const message = `Training needs ${this.end} bytes, and 4 GiB is the most; take fewer dimensions or words`;
      throw new KindredError('FIELD_INVALID', 'parameters.dimensions', message);
    }
    return new wasm.Memory({ initial: pages, maximum: 65_536, shared: true });
  }
}

function sigmoidTables(): [Float32Array, Float32Array] {
  const at = (entry: number) => ((entry + 0.5) / tableSize) * 12 - 6;
  return [
    Float32Array.from({ length: tableSize }, (_, entry) => 1 / (1 + Math.exp(-at(entry)))),
    Float32Array.from({ length: tableSize }, (_, entry) => Math.log1p(Math.exp(-at(entry)))),
  ];
}

const mask = 0xffff_ffff_ffff_ffffn;

/** SplitMix64, so that neighboring seeds and threads draw different numbers. */
function spread(seed: bigint, thread: bigint): bigint {
  let value = (seed + (thread + 1n) * 0x9e3779b97f4a7c15n) & mask;
  value = ((value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  value = ((value ^ (value >> 27n)) * 0x94d049bb133111ebn) & mask;
  return value ^ (value >> 31n);
}

function startInputs(inputs: Float32Array, dimensions: number, stride: number, seed: number): void {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  for (let row = 0; row < inputs.length; row += stride) {
    for (let at = 0; at < dimensions; at++) {
      // Mulberry32.
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      inputs[row + at] = (((mixed ^ (mixed >>> 14)) >>> 0) / 2_147_483_648 - 1) / dimensions;
    }
  }
}
