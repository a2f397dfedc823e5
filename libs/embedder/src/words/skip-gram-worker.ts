import { workerData } from 'node:worker_threads';
import { skipGramWasm } from './skip-gram-wasm.ts';
import { type WasmMemory, wasm } from './web-assembly.ts';

/** What a thread is given. Erasable TypeScript without packages of ours: Node runs this file as it stands in tests. */
export interface SkipGramTask {
  memory: WasmMemory;
  settings: number;
  /** Room for `sliceTokens` tokens in the memory. */
  room: number;
  sliceTokens: number;
  /** The whole corpus, and this thread's part of it. */
  tokens: Int32Array<SharedArrayBuffer>;
  start: number;
  end: number;
  epochs: number;
  rate: number;
  /** Words of all threads over all epochs. */
  totalWords: number;
  /** Words done so far by all threads; 1 to stop. */
  done: BigInt64Array<SharedArrayBuffer>;
  stop: Int32Array<SharedArrayBuffer>;
}

/** End of the slice from `start`: after its last whole sentence, or full where a sentence is longer than that. */
function endOfSlice(task: SkipGramTask, start: number): number {
  const full = Math.min(start + task.sliceTokens, task.end);
  if (full === task.end) return full;
  const last = task.tokens.lastIndexOf(-1, full - 1);
  return last >= start ? last + 1 : full;
}

function trainPart(task: SkipGramTask): void {
  const module = new wasm.Module(Buffer.from(skipGramWasm, 'base64'));
  const { exports } = new wasm.Instance(module, { env: { memory: task.memory } });
  const train = exports.train as (settings: number, tokens: number, count: number, rate: number) => void;
  const room = new Int32Array(task.memory.buffer, task.room, task.sliceTokens);
  for (let epoch = 0; epoch < task.epochs; epoch++) {
    for (let start = task.start; start < task.end; ) {
      if (Atomics.load(task.stop, 0) !== 0) return;
      const end = endOfSlice(task, start);
      const slice = task.tokens.subarray(start, end);
      room.set(slice);
      const progress = Number(Atomics.load(task.done, 0)) / task.totalWords;
      train(task.settings, task.room, slice.length, task.rate * Math.max(1 - progress, 1 / 250));
      Atomics.add(task.done, 0, BigInt(slice.reduce((words, token) => words + (token < 0 ? 0 : 1), 0)));
      start = end;
    }
  }
}

trainPart(workerData as SkipGramTask);
