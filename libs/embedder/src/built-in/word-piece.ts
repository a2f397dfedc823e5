import { TokenPrefixes } from './token-prefixes.ts';

/** BERT turns longer words into the unknown token. In characters. */
const longestWord = 100;

const printableAscii = /^[\t\n\r -~]*$/;
const asciiParts = /[a-z0-9]+|[!-/:-@[-`{-~]/g;
const accents = /\p{Mn}/gu;
const controls = /[[\p{Cc}\p{Cf}\ufffd]--[\t\n\r]]/gv;
// To BERT, ASCII symbols are punctuation and others are letters; each Han character is a word of its own.
const anyParts =
  /[\p{P}[\p{S}&&\p{ASCII}]\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\s\p{P}[\p{S}&&\p{ASCII}]\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+/gv;

/** Words and single punctuation marks as BERT-uncased splits them: lower case, accents and control characters removed. */
export function splitWords(text: string): string[] {
  if (printableAscii.test(text)) return text.toLowerCase().match(asciiParts) ?? [];
  const plain = text.toLowerCase().normalize('NFD').replace(accents, '').replace(controls, '');
  return plain.match(anyParts) ?? [];
}

/** Splits words into pieces of a vocabulary: the longest that fits, from the left; all of them or the unknown token. */
export class WordPieceTokenizer {
  /** Tokens that begin a word, and those inside one without their "##". */
  private readonly first: TokenPrefixes;
  private readonly inner: TokenPrefixes;

  constructor(
    vocabulary: ReadonlyMap<string, number>,
    private readonly unknown: number,
  ) {
    const isInner = ([token]: [string, number]) => token.startsWith('##');
    const tokens = [...vocabulary];
    this.first = new TokenPrefixes(tokens.filter((token) => !isInner(token)));
    this.inner = new TokenPrefixes(tokens.filter(isInner).map(([token, row]) => [token.slice(2), row]));
  }

  tokenize(text: string): number[] {
    return splitWords(text).flatMap((word) => this.tokensOf(word));
  }

  /** Tokens of one of `splitWords`' words. */
  tokensOf(word: string): number[] {
    if (word.length > 2 * longestWord || (word.length > longestWord && [...word].length > longestWord)) {
      return [this.unknown];
    }
    const tokens: number[] = [];
    for (let start = 0; start < word.length; ) {
      const token = (start === 0 ? this.first : this.inner).longestAt(word, start);
      if (token === undefined) return [this.unknown];
      tokens.push(token.row);
      start += token.text.length;
    }
    return tokens;
  }
}
