import { afterAll, describe, expect, it, vi } from 'vitest';
import { isTransient } from '../is-transient.fake.spec.ts';
import type { ThreadSettings } from '../onnx/onnx-messages.ts';
import { openOnnxThreads } from '../onnx/onnx-threads.ts';
import { writeTinyModel } from '../onnx/tiny-onnx-model.fake.spec.ts';
import { ModelThread } from './model-thread.ts';

const workerFile = new URL('../onnx/onnx-worker.ts', import.meta.url);

// Each opened pool is a thread that loads the runtime.
vi.setConfig({ testTimeout: 60_000 });
const tiny = await writeTinyModel();
afterAll(() => tiny.remove());
const settings: ThreadSettings = {
  package: '@huggingface/transformers',
  model: `${tiny.modelFolder}/tiny`,
  dtype: 'fp32',
  pooling: 'mean',
};
const failureOf = (reply: Promise<unknown>) =>
  reply.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a pool of threads', () => {
  it('fails the call whose thread ends, in a way that may pass, and answers the next by another thread', async () => {
    const { pool } = await openOnnxThreads(settings, 1);
    // A thread told to end gives no answer, as one that crashed.
    const error = await failureOf(pool.ask({ close: true } as never, { urgent: false }));
    expect(error).toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
    expect(isTransient(error)).toBe(true);
    expect(await pool.ask({ tokenize: ['red'] }, { urgent: false })).toHaveProperty('tokens');
    await pool.close();
  });

  it('takes queries before documents', async () => {
    const { pool } = await openOnnxThreads(settings, 1);
    const order: string[] = [];
    const ask = (name: string, urgent: boolean) =>
      pool.ask({ tokenize: [name] }, { urgent }).then(() => order.push(name));
    await Promise.all([ask('first', false), ask('second', false), ask('third', false), ask('query', true)]);
    expect(order).toEqual(['first', 'query', 'second', 'third']);
    await pool.close();
  });

  it('reports a model that fails on its tokens as something to try again', async () => {
    const { pool } = await openOnnxThreads(settings, 1);
    const reply = await pool.ask({ embed: [Int32Array.of(9_999)], together: true }, { urgent: false });
    expect(reply).toHaveProperty('failed');
    expect(await pool.ask({ tokenize: ['red'] }, { urgent: false })).toHaveProperty('tokens');
    await pool.close();
  });
});

describe('a thread', () => {
  it('fails what is under way when it is killed', async () => {
    const { thread } = await ModelThread.start({ workerFile, settings });
    const error = failureOf(thread.ask({ tokenize: new Array<string>(10_000).fill('red shoe') }));
    await thread.kill();
    expect(await error).toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
    expect(thread.dead).toBe(true);
    expect(await failureOf(thread.ask({ tokenize: ['red'] }))).toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
  });
});
