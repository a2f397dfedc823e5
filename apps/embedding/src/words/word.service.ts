import {
  type AnalogyRequest,
  type CorpusChunk,
  type ExportWordsRequest,
  type ImportWordsRequest,
  KindredError,
  type TrainingProgress as ProgressMessage,
  type SimilarWordsRequest,
  type TrainWordsHeader,
  type TrainWordsRequest,
  type TrainWordsResponse,
  type WordModel as WordModelMessage,
  type WordNeighbor,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import {
  type CorpusFile,
  readWordFile,
  type TrainedWords,
  type TrainingProgress,
  trainWords,
  type WordModel,
  wordFileLimits,
  writeWordFile,
} from '@kindred/embedder';
import type { CollectionDirectory, ModelIdentity } from '@kindred/vector-index';
import { recordDataset } from '../datasets/record-dataset.ts';
import { collectionText } from './collection-text.store.ts';
import { progressOf } from './progress-of.ts';
import { atMost, filesOf, headerOf } from './request-stream.ts';
import { checkedName, formatOf, limitOf, parametersOf, trainingLimits } from './training-request.ts';
import { WordModels } from './word-models.ts';

/** Bytes per message of an export. */
const messageBytes = 1024 * 1024;
const mostAnalogyWords = 100;
const notBegun: TrainingProgress = { share: 0, words: 0, wordsPerSecond: 0, secondsLeft: 0, loss: 0 };

/** Trains, imports, exports and asks word models. */
export class WordService {
  private readonly models: WordModels;
  private training = false;

  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
  ) {
    this.models = new WordModels(database);
  }

  /** Reads the corpus as it arrives: text goes straight into word numbers, nothing is written to disk. */
  async *train(
    tenant: string,
    requests: AsyncIterable<TrainWordsRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<TrainWordsResponse> {
    const { header, rest } = await headerOf(requests);
    const name = checkedName(header.name, 'header.name');
    const parameters = parametersOf(header.parameters);
    const begun = performance.now();
    this.begin();
    try {
      const dataset = await this.datasetOf(tenant, header);
      const files = await this.corpusOf(tenant, header, chunksOf(rest), signal);
      const work = progressOf(notBegun, signal, async (onProgress, both) => {
        const trained = await trainWords(files, parameters, { signal: both, onProgress });
        return {
          trained,
          identity: await this.models.save(
            { tenant, name, dataset, metrics: { loss: trained.progress.loss } },
            trained.model,
            both,
          ),
        };
      });
      let next = await work.next();
      for (; !next.done; next = await work.next()) {
        yield { part: { $case: 'progress', value: progressMessage(next.value) } };
      }
      yield resultOf(next.value, (performance.now() - begun) / 1000);
    } finally {
      this.training = false;
    }
  }

  async similar(tenant: string, request: SimilarWordsRequest, signal: AbortSignal): Promise<WordNeighbor[]> {
    const top = limitOf(request.limit);
    required(request.word, 'word');
    return (await this.models.get(tenant, request.model, request.version, signal)).similar(request.word, top);
  }

  async analogy(tenant: string, request: AnalogyRequest, signal: AbortSignal): Promise<WordNeighbor[]> {
    const { positive, negative } = request;
    const top = limitOf(request.limit);
    required(positive.join(''), 'positive');
    if (positive.length + negative.length > mostAnalogyWords) {
      throw new KindredError(
        'FIELD_TOO_LARGE',
        'positive',
        `Give at most ${mostAnalogyWords} words in positive and negative`,
      );
    }
    return (await this.models.get(tenant, request.model, request.version, signal)).analogy(positive, negative, top);
  }

  async import(
    tenant: string,
    requests: AsyncIterable<ImportWordsRequest>,
    signal: AbortSignal,
  ): Promise<WordModelMessage> {
    const { header, rest } = await headerOf(requests);
    const name = checkedName(header.name, 'header.name');
    const format = formatOf(header.format, 'header.format');
    const bytes = atMost(bytesOf(rest, signal), (content) => content.length, wordFileLimits.bytes, 'file');
    const model = await readWordFile(bytes, format);
    return modelMessage(await this.models.save({ tenant, name }, model, signal), model);
  }

  async *export(tenant: string, request: ExportWordsRequest, signal: AbortSignal): AsyncGenerator<{ content: Buffer }> {
    const format = formatOf(request.format, 'format');
    const model = await this.models.get(tenant, request.model, request.version, signal);
    for (const chunk of writeWordFile(model, format)) {
      signal.throwIfAborted();
      for (let at = 0; at < chunk.length; at += messageBytes) {
        yield { content: Buffer.from(chunk.subarray(at, at + messageBytes)) };
      }
    }
  }

  private begin(): void {
    if (this.training) {
      const message = 'A training is running in this process, and only one runs at a time; try again when it has ended';
      throw new KindredError('TOO_MANY_REQUESTS', '', message);
    }
    this.training = true;
  }

  /** What a collection held when the training began; a corpus of files is no dataset of ours. */
  private async datasetOf(tenant: string, { collection }: TrainWordsHeader): Promise<string> {
    if (collection === '') return '';
    await this.collections.get(tenant, collection);
    return (await recordDataset(this.database, tenant, { collection })).name;
  }

  private async corpusOf(
    tenant: string,
    { collection }: TrainWordsHeader,
    chunks: AsyncIterable<CorpusChunk>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<CorpusFile> | Iterable<CorpusFile>> {
    const most = trainingLimits.corpusBytes;
    if (collection === '') return filesOf(atMost(chunks, (chunk) => chunk.content.length, most, 'corpus'));
    const text = collectionText(this.database, await this.collections.get(tenant, collection), signal);
    return [{ name: `collection ${collection}`, chunks: atMost(text, (bytes) => bytes.length, most, 'corpus') }];
  }
}

async function* chunksOf(parts: AsyncIterable<{ $case: 'chunk'; value: CorpusChunk }>): AsyncGenerator<CorpusChunk> {
  for await (const { value } of parts) yield value;
}

async function* bytesOf(
  parts: AsyncIterable<{ $case: 'content'; value: Uint8Array }>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const { value } of parts) {
    signal.throwIfAborted();
    yield value;
  }
}

function required(value: string, field: string): void {
  if (value === '') throw new KindredError('FIELD_MISSING', field, `${field} is empty; give a word`);
}

function resultOf(
  { trained, identity }: { trained: TrainedWords; identity: ModelIdentity },
  seconds: number,
): TrainWordsResponse {
  const { words, loss } = trained.progress;
  const model = modelMessage(identity, trained.model);
  return { part: { $case: 'result', value: { model, words: BigInt(words), seconds, loss } } };
}

function modelMessage(
  { name, version, artifactHash }: ModelIdentity,
  { parts, dimensions }: WordModel,
): WordModelMessage {
  const subwords = parts.subwords !== undefined;
  return { name, version, dimensions, vocabulary: parts.words.length, subwords, artifactHash };
}

const progressMessage = ({ words, ...progress }: TrainingProgress): ProgressMessage => ({
  ...progress,
  words: BigInt(words),
});
