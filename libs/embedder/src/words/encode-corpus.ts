import { KindredError } from '@kindred/contracts';
import { splitSentence } from './split-sentence.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A corpus as numbers: words of the vocabulary by their place, -1 after each sentence. Shared between threads. */
export interface EncodedCorpus extends Vocabulary {
  tokens: Int32Array<SharedArrayBuffer>;
  /** Words in `tokens`. */
  total: number;
}

export interface EncodeOptions {
  /** Rarer words are left out. 1 or more. */
  minCount: number;
  /** Of these at most the most frequent are kept. */
  mostWords: number;
  signal?: AbortSignal;
}

/** Distinct words that are counted before the rare ones are dropped; more would fill the memory. */
const mostDistinct = 5_000_000;
const firstCapacity = 1 << 16;

/** Reads all sentences once, then numbers the words that are frequent enough. Throws CORPUS_INVALID where none is left. */
export async function encodeCorpus(sentences: AsyncIterable<string>, options: EncodeOptions): Promise<EncodedCorpus> {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  const draft = new GrowingArray();
  for await (const sentence of sentences) {
    options.signal?.throwIfAborted();
    const words = splitSentence(sentence);
    for (const word of words) draft.push(numberOf(word, numbers, counts));
    if (words.length > 0) draft.push(-1);
  }
  const names = [...numbers.keys()];
  const order = counts.map((_, number) => number).filter((number) => counts[number]! >= options.minCount);
  order.sort((left, right) => counts[right]! - counts[left]! || (names[left]! < names[right]! ? -1 : 1));
  order.length = Math.min(order.length, options.mostWords);
  if (order.length < 2) throw tooSmall(names.length, options.minCount);
  const renumbered = new Int32Array(counts.length).fill(-2);
  order.forEach((number, place) => {
    renumbered[number] = place;
  });
  return {
    ...renumber(draft, renumbered),
    words: order.map((at) => names[at]!),
    counts: order.map((at) => counts[at]!),
  };
}

function numberOf(word: string, numbers: Map<string, number>, counts: number[]): number {
  const known = numbers.get(word);
  if (known !== undefined) {
    counts[known]! += 1;
    return known;
  }
  if (numbers.size >= mostDistinct) {
    const message = `The corpus has more than ${mostDistinct} different words; train on a part of it`;
    throw new KindredError('CORPUS_INVALID', 'corpus', message);
  }
  numbers.set(word, numbers.size);
  counts.push(1);
  return numbers.size - 1;
}

function renumber(draft: GrowingArray, renumbered: Int32Array): Pick<EncodedCorpus, 'tokens' | 'total'> {
  const values = draft.values();
  const kept = values.reduce((sum, value) => sum + (value < 0 || renumbered[value]! >= 0 ? 1 : 0), 0);
  const tokens = new Int32Array(new SharedArrayBuffer(4 * kept));
  let at = 0;
  let total = 0;
  for (const value of values) {
    const place = value < 0 ? -1 : renumbered[value]!;
    if (place < -1) continue;
    tokens[at++] = place;
    if (place >= 0) total += 1;
  }
  return { tokens, total };
}

function tooSmall(distinct: number, minCount: number): KindredError {
  const message =
    distinct === 0
      ? 'The corpus has no words; give it text'
      : `The corpus has ${distinct} different words, and fewer than two occur ${minCount} times; give more text or a smaller min_count`;
  return new KindredError('CORPUS_INVALID', 'corpus', message);
}

class GrowingArray {
  private room = new Int32Array(firstCapacity);
  private length = 0;

  push(value: number): void {
    if (this.length === this.room.length) {
      const larger = new Int32Array(this.room.length * 2);
      larger.set(this.room);
      this.room = larger;
    }
    this.room[this.length++] = value;
  }

  values(): Int32Array {
    return this.room.subarray(0, this.length);
  }
}
