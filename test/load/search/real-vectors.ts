import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedTexts } from '@kindred/embedder';
import { openMiniLm } from '../../quality/test-models.ts';

export const dimensions = 384;
const atOnce = 512;
const cache = fileURLToPath(new URL('../../../.cache/bench', import.meta.url));
const dataFolder = process.env.KINDRED_TEST_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

export interface RealVectors {
  /** Row after row, each of length one. */
  stored: Float32Array;
  /** Of texts that are not among the stored ones. */
  queries: Float32Array;
  texts: string[];
  queryTexts: string[];
}

/**
 * MiniLM vectors of dictionary sentences, which are embedded once and kept under .cache: 100,000 take ten minutes on two
 * cores. The sentences are drawn by hash, so that a smaller set is the beginning of a larger one.
 */
export async function realVectors(count: number, queryCount: number): Promise<RealVectors> {
  const sentences = readFileSync(join(dataFolder, 'wordnet-sentences/sentences.txt'), 'utf8')
    .split('\n')
    .filter(Boolean);
  const keyed = [...new Set(sentences)].map((text) => ({ text, key: createHash('sha256').update(text).digest('hex') }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  const texts = keyed.slice(0, count).map(({ text }) => text);
  const queryTexts = keyed.slice(-queryCount).map(({ text }) => text);
  const stored = await embeddedOnce(`stored-${count}`, texts);
  const queries = await embeddedOnce(`queries-${queryCount}`, queryTexts);
  return { stored, queries, texts, queryTexts };
}

async function embeddedOnce(name: string, texts: string[]): Promise<Float32Array> {
  const path = join(cache, `minilm-${name}.f32`);
  if (existsSync(path)) {
    const bytes = readFileSync(path);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }
  mkdirSync(cache, { recursive: true });
  const vectors = await embedAll(name, texts);
  writeFileSync(`${path}.part`, new Uint8Array(vectors.buffer));
  renameSync(`${path}.part`, path);
  return vectors;
}

async function embedAll(name: string, texts: string[]): Promise<Float32Array> {
  const model = await openMiniLm({ threads: 2 });
  const vectors = new Float32Array(texts.length * dimensions);
  const started = performance.now();
  for (let at = 0; at < texts.length; at += atOnce) {
    const made = await embedTexts(model, texts.slice(at, at + atOnce), 'document');
    for (const [each, vector] of made.entries()) vectors.set(vector, (at + each) * dimensions);
    const done = Math.min(texts.length, at + atOnce);
    const left = ((performance.now() - started) / done) * (texts.length - done);
    process.stderr.write(`\rembedding ${name}: ${done} of ${texts.length}, ${Math.round(left / 1_000)} s left   `);
  }
  process.stderr.write('\n');
  await model.close();
  return vectors;
}
