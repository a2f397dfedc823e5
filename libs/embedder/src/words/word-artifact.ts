import { KindredError } from '@kindred/contracts';
import type { SubwordParameters } from './subwords.ts';
import { WordModel } from './word-model.ts';

const magic = 'KDWV';
const align = (at: number) => Math.ceil(at / 8) * 8;

/** Models of before 2026-12 do not say how Hangul words are taken apart: it was as `completed` has it. */
type StoredSubwords = Omit<SubwordParameters, HangulLengths> & Partial<Pick<SubwordParameters, HangulLengths>>;
type HangulLengths = 'shortestJamo' | 'longestJamo' | 'longestSyllables';

interface Header {
  dimensions: number;
  words: number;
  counted: boolean;
  subwords?: StoredSubwords;
  /** [start, end] of each section, in bytes from the end of the header, starts at multiples of 8. */
  sections: Record<string, [number, number]>;
}

/**
 * "KDWV", the length of the JSON header (uint32 LE), the header padded with spaces to a multiple of 8, and its sections, little-endian: words
 * (UTF-8, one per line), counts (float64), vectors (float32), and of n-gram buckets scales (float32) and values (int8).
 */
export function writeWordArtifact({ parts }: WordModel): Uint8Array {
  const { words, counts, vectors, subwords, dimensions } = parts;
  const contents: [string, ArrayBufferView][] = [['words', new TextEncoder().encode(words.join('\n'))]];
  if (counts) contents.push(['counts', Float64Array.from(counts)]);
  contents.push(['vectors', vectors]);
  if (subwords) contents.push(['scales', subwords.rows.scales], ['values', subwords.rows.values]);
  const sections: Header['sections'] = {};
  let end = 0;
  for (const [name, { byteLength }] of contents) {
    sections[name] = [end, end + byteLength];
    end = align(end + byteLength);
  }
  const header: Header = {
    dimensions,
    words: words.length,
    counted: counts !== undefined,
    subwords: subwords?.parameters,
    sections,
  };
  const unpadded = new TextEncoder().encode(JSON.stringify(header));
  const start = align(8 + unpadded.length);
  const file = new Uint8Array(start + end);
  file.set(new TextEncoder().encode(magic));
  new DataView(file.buffer).setUint32(4, start - 8, true);
  file.fill(0x20, 8, start);
  file.set(unpadded, 8);
  for (const [name, { buffer, byteOffset, byteLength }] of contents) {
    file.set(new Uint8Array(buffer, byteOffset, byteLength), start + sections[name]![0]);
  }
  return file;
}

/** Throws a KindredError MODEL_UNUSABLE for anything that `writeWordArtifact` did not write whole. */
export function readWordArtifact(file: Uint8Array): WordModel {
  const { header, section } = sectionsOf(file);
  const { dimensions, subwords } = header;
  const words = new TextDecoder().decode(section('words')).split('\n');
  const vectors = new Float32Array(section('vectors').buffer);
  const counts = header.counted ? [...new Float64Array(section('counts').buffer)] : undefined;
  if (words.length !== header.words || vectors.length !== words.length * dimensions) throw damaged();
  if (!subwords) return new WordModel({ dimensions, words, counts, vectors });
  const rows = {
    scales: new Float32Array(section('scales').buffer),
    values: new Int8Array(section('values').buffer),
  };
  if (rows.scales.length !== subwords.buckets || rows.values.length !== subwords.buckets * dimensions) throw damaged();
  return new WordModel({ dimensions, words, counts, vectors, subwords: { parameters: completed(subwords), rows } });
}

function sectionsOf(file: Uint8Array): { header: Header; section(name: string): Uint8Array<ArrayBuffer> } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 8 || Buffer.from(file.subarray(0, 4)).toString('latin1') !== magic) throw damaged();
  const start = 8 + view.getUint32(4, true);
  if (start > file.byteLength) throw damaged();
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Header;
  const section = (name: string) => {
    const [from, to] = header.sections[name]!;
    if (start + to > file.byteLength) throw damaged();
    // A copy: float values need an aligned start.
    return new Uint8Array(file.subarray(start + from, start + to));
  };
  return { header, section };
}

function completed(stored: StoredSubwords): SubwordParameters {
  return { shortestJamo: stored.shortest, longestJamo: stored.longest, longestSyllables: 4, ...stored };
}

function damaged(): KindredError {
  const message = 'The artifact is no word model, or one cut short; train or import it again';
  return new KindredError('MODEL_UNUSABLE', 'parameters.artifact', message);
}
