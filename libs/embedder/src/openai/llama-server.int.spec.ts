// A real server of the protocol with real (tiny, random) weights: llama-cpp-python[server] and gguf, both from PyPI.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedTexts } from '../embedding-model.ts';
import { isTransient } from '../is-transient.fake.spec.ts';
import { cosine, describeModel } from '../model-contract.fake.spec.ts';
import { openModel } from '../open-model.ts';
import type { OpenAiTextModel } from './openai-text-model.ts';

const python = process.env.KINDRED_TEST_PYTHON;
const script = fileURLToPath(new URL('../../tools/make-tiny-gguf.py', import.meta.url));
const dimensions = 32;
const key = 'local-key-0123456789';

function hasServer(): boolean {
  if (python === undefined) {
    process.stdout.write('skipped: set KINDRED_TEST_PYTHON to a python with llama-cpp-python[server] and gguf\n');
    return false;
  }
  execFileSync(python, ['-c', 'import llama_cpp.server, gguf'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return true;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class LlamaServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kindred-llama-'));
  #process: ChildProcess | undefined;
  #port = 0;

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  async start(): Promise<void> {
    const model = join(this.#folder, 'tiny.gguf');
    if (this.#port === 0) {
      execFileSync(python!, [script, model], { stdio: ['ignore', 'ignore', 'inherit'] });
      this.#port = await freePort();
    }
    const settings = {
      model,
      embedding: 'true',
      n_ctx: '512',
      n_threads: '1',
      host: '127.0.0.1',
      port: `${this.#port}`,
    };
    const flags = Object.entries({ ...settings, api_key: key }).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn(python!, ['-m', 'llama_cpp.server', ...flags], { stdio: 'ignore' });
    this.#process = child;
    for (let waited = 0; waited < 60_000; waited += 200) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      const answer = await fetch(`${this.baseUrl}/models`).catch(() => undefined);
      if (answer) return;
      await sleep(200);
    }
    throw new Error('the server did not start within a minute');
  }

  async kill(): Promise<void> {
    const child = this.#process!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe.skipIf(!hasServer())('a llama.cpp server', () => {
  const server = new LlamaServer();
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  const open = async (parameters: Record<string, unknown> = {}, secret = key) =>
    (await openModel(
      {
        name: 'tiny-llama',
        version: '1',
        provider: 'openai',
        parameters: { baseUrl: server.baseUrl, model: 'tiny', apiKeyName: 'LOCAL_KEY', maxRetries: 2, ...parameters },
      },
      { secret: () => secret },
    )) as OpenAiTextModel;
  const inputs = ['빨간 구두를 찾습니다', 'red shoe', 'a blue bag'].map((text) => ({ kind: 'text' as const, text }));
  const all = inputs as [(typeof inputs)[0], (typeof inputs)[0], (typeof inputs)[0]];

  describeModel('the model behind it', () => open(), all);

  it('tells how long its vectors are, and counts its tokens', async () => {
    const model = await open({ pricePerMillionTokens: 1 });
    expect(model.identity.dimensions).toBe(dimensions);
    const asked = model.usage().tokens;
    await embedTexts(model, ['가방', 'bag'], 'document');
    // Tokens are bytes: six, three, and the marks around them.
    expect(model.usage().tokens - asked).toBeGreaterThanOrEqual(9);
    expect(model.usage().cost).toBeGreaterThan(0);
  });

  it('gives the same vectors in one request as in many, whatever the encoding', async () => {
    const texts = Array.from({ length: 24 }, (_, at) => `제품 ${at} ${'상자 '.repeat(at % 5)}`);
    const [one, many, encoded] = await Promise.all([
      embedTexts(await open({ batchSize: 64 }), texts, 'document'),
      embedTexts(await open({ batchSize: 1, concurrency: 4 }), texts, 'document'),
      embedTexts(await open({ encoding: 'base64' }), texts, 'document'),
    ]);
    for (const at of texts.keys()) {
      expect(cosine(one![at]!, many![at]!)).toBeGreaterThan(1 - 1e-5);
      expect(cosine(one![at]!, encoded![at]!)).toBeGreaterThan(1 - 1e-5);
    }
  });

  it('refuses a wrong key and wrong dimensions for good', async () => {
    expect(await open({}, 'wrong-key').catch((error: unknown) => error)).toMatchObject({ code: 'PROVIDER_REFUSED' });
    const model = await open({ dimensions: 31 });
    await expect(embedTexts(model, ['bag'], 'query')).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });

  it('fails in passing when it is killed, and serves again when it is back', async () => {
    const model = await open();
    const [before] = await embedTexts(model, ['bag'], 'query');
    await server.kill();
    const error = await embedTexts(model, ['bag'], 'query').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
    expect(isTransient(error)).toBe(true);
    await server.start();
    const [after] = await embedTexts(model, ['bag'], 'query');
    expect(cosine(before!, after!)).toBeGreaterThan(1 - 1e-6);
  });
});
