import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { KindredClient } from '@kindred/client';
import { type ImportWordsRequest, WordFileFormat } from '@kindred/contracts';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, withClient } from '../connection.ts';
import { count, plural } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { ProgressBar } from '../output/progress.ts';
import { chunksOf, isFile, sizeOf } from './file-chunks.ts';

export const wordFormats = {
  'fasttext-vec': WordFileFormat.WORD_FILE_FORMAT_FASTTEXT_VEC,
  'word2vec-text': WordFileFormat.WORD_FILE_FORMAT_WORD2VEC_TEXT,
  'word2vec-binary': WordFileFormat.WORD_FILE_FORMAT_WORD2VEC_BINARY,
} as const;

interface MoveOptions extends ConnectionOptions {
  format: keyof typeof wordFormats;
}

export async function importFile(file: string, options: MoveOptions & { name: string }): Promise<void> {
  if (!(await isFile(file))) throw new CliError(`cannot read ${file}: there is no such file`);
  const size = await sizeOf(file);
  const bar = new ProgressBar('importing vectors');
  const requests = async function* (): AsyncGenerator<ImportWordsRequest> {
    yield { part: { $case: 'header', value: { name: options.name, format: wordFormats[options.format] } } };
    let sent = 0;
    for await (const value of chunksOf(file)) {
      yield { part: { $case: 'content', value } };
      sent += value.length;
      bar.update(sent / size, `${count(sent)} bytes`);
    }
  };
  const answer = await withClient(options, async (client) => {
    for await (const only of client.words.importWords(requests())) return only;
    return undefined;
  }).finally(() => bar.stop());
  if (options.json) return printJson(answer);
  const { name, version, vocabulary = 0, dimensions } = answer?.model ?? {};
  console.log(`imported ${name} ${version}: ${plural(vocabulary, 'word')} of ${dimensions} dimensions`);
}

interface ExportOptions extends MoveOptions {
  output: string;
  modelVersion: string;
}

export async function exportFile(model: string, options: ExportOptions): Promise<void> {
  const bytes = await withClient(options, (client) => write(client, model, options));
  if (options.output === '-') return;
  if (options.json) printJson({ model, file: options.output, bytes });
  else console.log(`wrote ${options.output}: ${count(bytes)} bytes`);
}

async function write(client: KindredClient, model: string, options: ExportOptions): Promise<number> {
  const request = { model, version: options.modelVersion, format: wordFormats[options.format] };
  const answers = client.words.exportWords([request])[Symbol.asyncIterator]();
  // The first answer first: a model that does not exist must not leave an empty file.
  const first = await answers.next();
  let bytes = 0;
  async function* contents() {
    for (let next = first; !next.done; next = await answers.next()) {
      bytes += next.value.content.length;
      yield next.value.content;
    }
  }
  if (options.output === '-') await pipeline(contents, process.stdout, { end: false });
  else await pipeline(contents, createWriteStream(options.output));
  return bytes;
}
