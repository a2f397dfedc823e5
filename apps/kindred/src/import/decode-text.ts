import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { TextDecoder } from 'node:util';
import { CliError, UsageError } from '../cli-error.ts';

/** What people call it → its WHATWG label. CP949 (Excel in Korea) is what WHATWG means by euc-kr. */
const labels: Record<string, string> = {
  utf8: 'utf-8',
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  'windows-949': 'euc-kr',
  euckr: 'euc-kr',
};

export interface TextFile {
  chunks: AsyncIterable<string>;
  progress(): number;
}

export function decoderOf(encoding: string): TextDecoder {
  const label = encoding.toLowerCase();
  try {
    return new TextDecoder(labels[label] ?? label, { fatal: true });
  } catch {
    throw new UsageError(
      `--encoding ${encoding} is not known; use utf-8, cp949, euc-kr, utf-16le, shift_jis or another name of the WHATWG list`,
    );
  }
}

/** The text of a file, chunk by chunk and without its byte order mark. Throws a CliError at the first byte that is not in the encoding. */
export async function readText(file: string, encoding: string): Promise<TextFile> {
  const decoder = decoderOf(encoding);
  const { size } = await stat(file);
  let bytes = 0;
  let line = 1;
  async function* chunks(): AsyncGenerator<string> {
    for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
      bytes += chunk.length;
      const text = decode(decoder, chunk, { file, encoding, line });
      line += newlines(text);
      if (text !== '') yield text;
    }
    const rest = decode(decoder, undefined, { file, encoding, line });
    if (rest !== '') yield rest;
  }
  return { chunks: chunks(), progress: () => (size === 0 ? 1 : bytes / size) };
}

interface Place {
  file: string;
  encoding: string;
  line: number;
}

function decode(decoder: TextDecoder, chunk: Buffer | undefined, place: Place): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    const line = place.line + linesBeforeBadByte(chunk, place.encoding);
    const advice = /^utf-?8$/i.test(place.encoding)
      ? 'If Excel saved it in Korea, add --encoding cp949; else save it as UTF-8.'
      : 'Give the encoding it was saved in, or save it as UTF-8 and leave --encoding out.';
    throw new CliError(`${basename(place.file)} is not ${place.encoding} (near line ${line}). ${advice}`, 1, { cause });
  }
}

/** Complete lines of the chunk that still decode. */
function linesBeforeBadByte(chunk: Buffer | undefined, encoding: string): number {
  if (chunk === undefined) return 0;
  const lenient = new TextDecoder(labels[encoding.toLowerCase()] ?? encoding).decode(chunk);
  // A character cut in two by the chunk's start reads as damage too, hence "near line".
  const bad = lenient.indexOf('\ufffd');
  return newlines(bad === -1 ? lenient : lenient.slice(0, bad));
}

const newlines = (text: string) => text.split('\n').length - 1;
