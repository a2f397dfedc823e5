import { KindredError } from '@kindred/contracts';
import { firstBadByte } from './first-bad-byte.ts';

/** One file of a corpus. */
export interface CorpusFile {
  /** For people: the file's name. */
  name: string;
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Whether a sentence is a line, or lines up to an empty one: books break lines anywhere. */
export type SentenceUnit = 'line' | 'paragraph';

/** A sentence without an end is cut here, at a space where there is one. In UTF-16 units. */
const longestSentence = 65_536;

/**
 * The sentences of UTF-8 files. Throws a KindredError CORPUS_INVALID that names file and byte where one is not UTF-8
 * or has a NUL, which means that it is no text.
 */
export async function* sentencesOf(files: AsyncIterable<CorpusFile> | Iterable<CorpusFile>, unit: SentenceUnit) {
  for await (const file of files) yield* unit === 'line' ? linesOf(file) : paragraphsOf(file);
}

async function* paragraphsOf(file: CorpusFile): AsyncGenerator<string> {
  let paragraph = '';
  for await (const line of linesOf(file)) {
    if (line.trim() !== '' && paragraph.length < longestSentence) {
      paragraph += ` ${line}`;
      continue;
    }
    if (paragraph !== '') yield paragraph;
    paragraph = line;
  }
  if (paragraph.trim() !== '') yield paragraph;
}

async function* linesOf(file: CorpusFile): AsyncGenerator<string> {
  let pending = '';
  for await (const text of textOf(file)) {
    const lines = (pending + text).split(/\r\n|\r|\n/);
    pending = lines.pop()!;
    yield* lines;
    while (pending.length > longestSentence) {
      const space = pending.lastIndexOf(' ', longestSentence);
      const end = space > 0 ? space : longestSentence;
      yield pending.slice(0, end);
      pending = pending.slice(end);
    }
  }
  if (pending !== '') yield pending;
}

async function* textOf({ name, chunks }: CorpusFile): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let start = 0;
  // The end of the last chunk, where a character may be cut.
  let tail = new Uint8Array();
  for await (const chunk of chunks) {
    const nul = chunk.indexOf(0);
    if (nul !== -1) throw invalid(name, start + nul, 'is a NUL: this is no text file');
    try {
      yield decoder.decode(chunk, { stream: true });
    } catch {
      throw notUtf8(name, start - tail.length, Buffer.concat([tail, chunk]));
    }
    start += chunk.length;
    tail = Buffer.concat([tail, chunk.subarray(-4)]).subarray(-4);
    tail = tail.subarray(startOfCharacter(tail));
  }
  try {
    yield decoder.decode();
  } catch {
    throw notUtf8(name, start - tail.length, tail);
  }
}

/** Where a character begins at or after the start of these bytes. */
function startOfCharacter(bytes: Uint8Array): number {
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return start === -1 ? bytes.length : start;
}

function notUtf8(name: string, start: number, bytes: Uint8Array): KindredError {
  return invalid(name, start + firstBadByte(bytes), 'is not UTF-8; save the file as UTF-8');
}

function invalid(name: string, position: number, problem: string): KindredError {
  return new KindredError('CORPUS_INVALID', 'corpus', `${name}: byte ${position} ${problem}`);
}
