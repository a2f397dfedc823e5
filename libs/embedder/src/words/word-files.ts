import { KindredError } from '@kindred/contracts';
import { ByteReader } from './byte-reader.ts';
import { WordModel } from './word-model.ts';

/** The text format is also that of fastText's .vec files. */
export type WordFileFormat = 'word2vec-text' | 'word2vec-binary' | 'fasttext-vec';

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What an import takes at most. */
export const wordFileLimits = { words: 3_000_000, dimensions: 4_000, bytes: 4 * 1024 ** 3 } as const;
const longestWord = 4_096;
const longestLine = 1024 * 1024;
const batchWords = 1_000;

/**
 * Reads vectors of word2vec or fastText. Spaces inside words become "_"; the first of equal words counts. Throws a
 * KindredError FIELD_INVALID on "file" that names line or byte.
 */
export async function readWordFile(chunks: Chunks, format: WordFileFormat): Promise<WordModel> {
  const reader = new ByteReader(chunks);
  const { count, dimensions } = await readHeader(reader);
  const vectors = new Float32Array(count * dimensions);
  const places = new Map<string, number>();
  const read = format === 'word2vec-binary' ? readBinaryRow : readTextRow;
  for (let row = 0; row < count; row++) {
    const { word, values } = await read(reader, row, dimensions);
    const name = word.replace(/\s/gu, '_');
    if (name === '') throw bad(`row ${row + 1} has an empty word`);
    if (places.has(name)) continue;
    if (values.some((value) => !Number.isFinite(value))) throw bad(`the vector of "${name}" is not finite`);
    vectors.set(values, places.size * dimensions);
    places.set(name, places.size);
  }
  return new WordModel({ dimensions, words: [...places.keys()], vectors: vectors.slice(0, places.size * dimensions) });
}

async function readHeader(reader: ByteReader): Promise<{ count: number; dimensions: number }> {
  const line = (await reader.takeUntil(0x0a, 100))?.toString('latin1') ?? '';
  const [, count, dimensions] = /^(\d+) +(\d+)\s*$/.exec(line)?.map(Number) ?? [];
  if (!count || !dimensions) throw bad('it must begin with a line "<words> <dimensions>"');
  if (count > wordFileLimits.words || dimensions > wordFileLimits.dimensions) {
    throw bad(
      `${count} words of ${dimensions} are too many; at most ${wordFileLimits.words} of ${wordFileLimits.dimensions}`,
    );
  }
  if (count * dimensions * 4 > wordFileLimits.bytes) throw bad(`${count} words of ${dimensions} take more than 4 GiB`);
  return { count, dimensions };
}

async function readTextRow(reader: ByteReader, row: number, dimensions: number) {
  const place = `line ${row + 2}`;
  const bytes = (await reader.takeUntil(0x0a, longestLine)) ?? (await reader.take(longestLine));
  const fields = decoded(bytes, place).trimEnd().split(' ');
  if (fields.length <= dimensions) throw bad(`${place} must have a word and ${dimensions} values`);
  const values = Float32Array.from(fields.slice(-dimensions), (field) => (field === '' ? Number.NaN : Number(field)));
  return { word: fields.slice(0, -dimensions).join(' '), values };
}

/** word2vec.c ends each row with a line feed, gensim does not. */
async function readBinaryRow(reader: ByteReader, _row: number, dimensions: number) {
  const place = `byte ${reader.position}`;
  const word = await reader.takeUntil(0x20, longestWord);
  const bytes = await reader.take(dimensions * 4);
  if (!word || bytes.length < dimensions * 4)
    throw bad(`at ${place} it must have a word and ${dimensions} float32 values`);
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  return { word: decoded(word, place).replace(/^\n/, ''), values };
}

function decoded(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw bad(`${place} is not UTF-8`);
  }
}

const bad = (problem: string) =>
  new KindredError(
    'FIELD_INVALID',
    'file',
    `The file is not of the format that was named: ${problem}. Name another format, or mend it.`,
  );

/** The file of a model, in chunks. Text values read back as the same float32; n-grams stay behind, no format has them. */
export function* writeWordFile({ parts }: WordModel, format: WordFileFormat): Generator<Uint8Array> {
  const { words, dimensions, vectors } = parts;
  const write = format === 'word2vec-binary' ? binaryRow : textRow;
  yield Buffer.from(`${words.length} ${dimensions}\n`);
  for (let start = 0; start < words.length; start += batchWords) {
    const batch = words.slice(start, start + batchWords).map((word, at) => {
      const from = (start + at) * dimensions;
      return write(word, vectors.subarray(from, from + dimensions));
    });
    yield Buffer.concat(batch);
  }
}

const textRow = (word: string, vector: Float32Array): Buffer =>
  Buffer.from(`${word} ${Array.from(vector, (value) => Number(value.toPrecision(9))).join(' ')}\n`);

function binaryRow(word: string, vector: Float32Array): Buffer {
  const values = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return Buffer.concat([Buffer.from(`${word} `), values, Buffer.from('\n')]);
}
