import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EmbeddingModel, EmbedInput, EmbedPurpose } from '@kindred/embedder';

const folder = fileURLToPath(new URL('../../../.cache/quality', import.meta.url));
const keyBytes = 32;
/** Texts embedded between two writes: what an interrupted run loses. */
const atOnce = 64;

/**
 * A model of texts whose vectors are kept under .cache/quality, each by the SHA-256 of what it is asked for and its text, in a
 * file that the model's hash names: a second run embeds nothing.
 */
export class CachedModel implements EmbeddingModel {
  readonly identity: EmbeddingModel['identity'];
  readonly takes = ['text'] as const;
  private readonly file: string;
  private readonly known = new Map<string, Float32Array>();

  constructor(private readonly model: EmbeddingModel) {
    this.identity = model.identity;
    this.file = `${folder}/${model.identity.artifactHash}.vectors`;
    this.read();
  }

  /** `onProgress` hears how many of the texts have a vector. */
  async embed(
    inputs: readonly EmbedInput[],
    purpose: EmbedPurpose,
    signal?: AbortSignal,
    onProgress?: (done: number) => void,
  ): Promise<Float32Array[]> {
    const texts = inputs.map((input) => (input.kind === 'text' ? input.text : ''));
    const keys = texts.map((text) => keyOf(purpose, text));
    const missing = [...new Map(keys.map((key, at) => [key, texts[at]!])).entries()].filter(
      ([key]) => !this.known.has(key),
    );
    for (let at = 0; at < missing.length; at += atOnce) {
      const some = missing.slice(at, at + atOnce);
      const made = await this.model.embed(
        some.map(([, text]) => ({ kind: 'text', text })),
        purpose,
        signal,
      );
      this.keep(
        some.map(([key]) => key),
        made,
      );
      onProgress?.(inputs.length - missing.length + at + some.length);
    }
    return keys.map((key) => this.known.get(key)!);
  }

  close(): Promise<void> {
    return this.model.close();
  }

  /** A record that an interrupted run left half written ends the file. */
  private read(): void {
    if (!existsSync(this.file)) return;
    const bytes = readFileSync(this.file);
    const record = keyBytes + 4 * this.identity.dimensions;
    for (let at = 0; at + record <= bytes.length; at += record) {
      const vector = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + at + keyBytes, bytes.byteOffset + at + record),
      );
      this.known.set(bytes.toString('latin1', at, at + keyBytes), vector);
    }
  }

  private keep(keys: readonly string[], vectors: readonly Float32Array[]): void {
    mkdirSync(folder, { recursive: true });
    const records = keys.flatMap((key, at) => {
      const { buffer, byteOffset, byteLength } = vectors[at]!;
      return [Buffer.from(key, 'latin1'), Buffer.from(buffer, byteOffset, byteLength)];
    });
    appendFileSync(this.file, Buffer.concat(records));
    for (const [at, key] of keys.entries()) this.known.set(key, vectors[at]!);
  }
}

const keyOf = (purpose: EmbedPurpose, text: string) =>
  createHash('sha256').update(`${purpose}\n${text}`).digest('binary');
