import { setImmediate as breathe } from 'node:timers/promises';
import { analyze } from '../analyze.ts';
import { editDistance } from './edit-distance.ts';
import { hasHangul, keystrokes } from './keystrokes.ts';
import { PrefixList } from './prefix-list.ts';

export interface Offer {
  text: string;
  /** Items that have it. */
  items: number;
}

/** Lines between two breaths of the event loop while reading. */
const perBreath = 4_000;
const mostRemembered = 5_000;
const digits = /\d/;
const syllables = /^[\uac00-\ud7a3]+$/;
/** Particles that a word of Hangul may end with; what is before them is the word. */
const particles =
  /(?:은|는|이|가|을|를|의|에|와|과|로|도|만|나|랑|에서|으로|까지|부터|에게|한테|처럼|보다|이나|이랑|이란|라는|이라는|들)$/;

/** The words and phrases of a collection's items: what is known, what is nearest, and what a beginning may become. */
export class Vocabulary {
  private readonly index = new Map<string, number>();
  private readonly terms = new Set<string>();
  private readonly keys: string[] = [];
  private readonly items: number[] = [];
  private readonly signatures: number[] = [];
  private readonly remembered = new Map<string, Offer | undefined>();
  private readonly texts: string[] = [];
  private readonly starts: PrefixList[] = [];
  private hangul = '';

  /** From lines as VocabularyCounts writes them. */
  static async read(words: string, phrases: string): Promise<Vocabulary> {
    const vocabulary = new Vocabulary();
    const titleWords = new PrefixList();
    for await (const [text, items, titles] of rows(words)) {
      const key = vocabulary.add(text!, Number(items));
      if (Number(titles) > 0) titleWords.add(key, text!, Number(titles));
    }
    const titlePhrases = new PrefixList();
    for await (const [text, items] of rows(phrases)) titlePhrases.add(keystrokes(text!), text!, Number(items));
    vocabulary.starts.push(titleWords, titlePhrases);
    vocabulary.hangul = vocabulary.texts.filter(hasHangul).join('\n');
    return vocabulary;
  }

  /** Words and phrases kept in memory. */
  get size(): number {
    return this.texts.length + this.starts.reduce((sum, list) => sum + list.size, 0);
  }

  /** Whether items have the word: one of its terms, or for Hangul the whole of it, alone or in parts that are words. */
  knows(word: string): boolean {
    if (this.index.has(word)) return true;
    if (!hasHangul(word)) return analyze(word).some((term) => this.terms.has(term));
    const stem = word.replace(particles, '');
    return this.hangul.includes(word) || (stem.length > 1 && this.hangul.includes(stem)) || this.isCompound(word);
  }

  /** Items that have the very word. */
  itemsOf(word: string): number {
    const at = this.index.get(word);
    return at === undefined ? 0 : this.items[at]!;
  }

  /** The word of most items among those the fewest edits away; in jamo for Hangul. Undefined where none is near enough. */
  nearest(word: string): Offer | undefined {
    if (this.remembered.has(word)) return this.remembered.get(word);
    const found = digits.test(word) ? undefined : this.search(word);
    if (this.remembered.size >= mostRemembered) this.remembered.clear();
    this.remembered.set(word, found);
    return found;
  }

  /** What begins so, in keystrokes, that of most items first; not the beginning itself. */
  complete(beginning: string, limit: number): Offer[] {
    const key = keystrokes(beginning);
    const found = this.starts.flatMap((list) => list.startingWith(key, limit));
    const unique = new Map(
      found.filter(({ text }) => text !== beginning.trimEnd()).map((offer) => [offer.text, offer]),
    );
    return [...unique.values()].sort(byItems).slice(0, limit);
  }

  private add(text: string, items: number): string {
    const key = keystrokes(text);
    this.index.set(text, this.texts.length);
    this.texts.push(text);
    this.keys.push(key);
    this.items.push(items);
    this.signatures.push(signature(key));
    for (const term of analyze(text)) this.terms.add(term);
    return key;
  }

  private isCompound(word: string): boolean {
    if (!syllables.test(word) || word.length > 30) return false;
    const reached = new Set([0]);
    for (const from of reached)
      for (let to = from + 2; to <= word.length; to++) if (this.index.has(word.slice(from, to))) reached.add(to);
    return reached.has(word.length);
  }

  private search(word: string): Offer | undefined {
    const key = keystrokes(word);
    const most = mostEdits(key, hasHangul(word));
    if (most === 0) return undefined;
    const mask = signature(key);
    let best: { at: number; cost: number } | undefined;
    for (let at = 0; at < this.keys.length; at++) {
      // An edit puts at most one character in another's place: two bits.
      if (Math.abs(this.keys[at]!.length - key.length) > most || bits(mask ^ this.signatures[at]!) > 2 * most) continue;
      if (this.items[at] === 0 || digits.test(this.texts[at]!)) continue;
      const edits = editDistance(key, this.keys[at]!, most);
      if (edits === 0 || edits > most) continue;
      // The first letter is rarely the wrong one.
      const cost = edits + (this.keys[at]![0] === key[0] ? 0 : 0.5);
      if (!best || cost < best.cost || (cost === best.cost && this.items[at]! > this.items[best.at]!))
        best = { at, cost };
    }
    return best && { text: this.texts[best.at]!, items: this.items[best.at]! };
  }
}

const byItems = (a: Offer, b: Offer) => b.items - a.items || (a.text < b.text ? -1 : 1);

/** Short words have too many neighbors; a syllable of Hangul is two or three keys. */
function mostEdits({ length }: string, isHangul: boolean): number {
  const [one, two] = isHangul ? [6, 10] : [4, 8];
  return length >= two ? 2 : length >= one ? 1 : 0;
}

/** A bit for each character that occurs. */
function signature(key: string): number {
  let mask = 0;
  for (let at = 0; at < key.length; at++) mask |= 1 << (Math.imul(key.charCodeAt(at), 0x9e3779b1) >>> 27);
  return mask;
}

function bits(mask: number): number {
  let count = mask - ((mask >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

async function* rows(lines: string): AsyncGenerator<string[]> {
  let at = 0;
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    if (++at % perBreath === 0) await breathe();
    yield line.split('\t');
  }
}
