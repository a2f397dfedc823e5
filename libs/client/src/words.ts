import type {
  TrainingParameters,
  TrainWordsRequest,
  TrainWordsResponse,
  WordFileFormat,
  WordModel,
  WordNeighbor,
} from '@kindred/contracts';
import type { Draft } from './draft.ts';
import type { KindredClient } from './kindred-client.ts';
import { type WordFormatName, wordFormats } from './names.ts';
import { present } from './results.ts';
import type { CallOptions } from './transport.ts';

/** A file of a corpus or of vectors, in chunks of at most 1 MiB. */
export type FileChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface TrainingInput {
  name: string;
  parameters?: Draft<TrainingParameters>;
  /** Train on this collection's text, or else on files. */
  collection?: string;
  files?: Iterable<{ name: string; chunks: FileChunks }> | AsyncIterable<{ name: string; chunks: FileChunks }>;
}

export interface Words {
  /** Yields progress and last the result. Stop reading to stop the training. */
  train(input: TrainingInput, options?: CallOptions): AsyncGenerator<NonNullable<TrainWordsResponse['part']>>;
  similar(
    input: { model: string; version?: string; word: string; limit?: number },
    options?: CallOptions,
  ): Promise<WordNeighbor[]>;
  /** king, woman / man gives queen. */
  analogy(
    input: { model: string; version?: string; positive: string[]; negative?: string[]; limit?: number },
    options?: CallOptions,
  ): Promise<WordNeighbor[]>;
  import(
    input: { name: string; format: WordFormatName; chunks: FileChunks },
    options?: CallOptions,
  ): Promise<WordModel>;
  /** The file's bytes. */
  export(
    input: { model: string; version?: string; format: WordFormatName },
    options?: CallOptions,
  ): AsyncGenerator<Uint8Array>;
}

const formatNumber = (name: WordFormatName): WordFileFormat => wordFormats.number(name, 'format');

export function wordsOf({ words }: KindredClient): Words {
  return {
    async *train(input, options) {
      for await (const { part } of words.trainWords(trainRequests(input), options)) {
        yield present(part, 'a part of the answer');
      }
    },
    async similar(input, options) {
      return (await words.similarWords(input, options)).neighbors;
    },
    async analogy(input, options) {
      return (await words.analogy(input, options)).neighbors;
    },
    async import({ name, format, chunks }, options) {
      const header = { name, format: formatNumber(format) };
      const requests = (async function* () {
        yield { part: { $case: 'header' as const, value: header } };
        for await (const chunk of chunks) yield { part: { $case: 'content' as const, value: Buffer.from(chunk) } };
      })();
      let model: WordModel | undefined;
      for await (const answer of words.importWords(requests, options)) model = answer.model;
      return present(model, 'the model');
    },
    async *export({ format, ...input }, options) {
      const request = { ...input, format: formatNumber(format) };
      for await (const { content } of words.exportWords([request], options)) yield content;
    },
  };
}

async function* trainRequests(input: TrainingInput): AsyncGenerator<Draft<TrainWordsRequest>> {
  const { name, parameters, collection = '', files = [] } = input;
  yield { part: { $case: 'header', value: { name, parameters, collection } } };
  for await (const file of files) {
    for await (const chunk of file.chunks) {
      yield { part: { $case: 'chunk', value: { file: file.name, content: Buffer.from(chunk) } } };
    }
  }
}
