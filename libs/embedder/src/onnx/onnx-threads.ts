import { ThreadPool } from '../threads/thread-pool.ts';
import type { LoadedModel, OnnxAnswer, OnnxRequest, ThreadSettings } from './onnx-messages.ts';

const workerFile = new URL(`./onnx-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

export type OnnxThreads = ThreadPool<OnnxRequest, OnnxAnswer>;

/** Threads that an ONNX model runs in, the first of them started. */
export const openOnnxThreads = (settings: ThreadSettings, threads: number) =>
  ThreadPool.open<LoadedModel, OnnxRequest, OnnxAnswer>({ workerFile, settings }, threads);
