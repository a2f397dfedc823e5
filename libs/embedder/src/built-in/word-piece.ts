/** BERT turns longer words into the unknown token. In characters. */
const longestWord = 100;
/** The tokens of this many distinct words are remembered. */
const rememberedWords = 32_768;

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
  private readonly remembered = new Map<string, readonly number[]>();

  constructor(
    private readonly vocabulary: ReadonlyMap<string, number>,
    private readonly unknown: number,
  ) {}

  /** Tokens of one of `splitWords`' words. */
  tokensOf(word: string): readonly number[] {
    const known = this.remembered.get(word);
    if (known) return known;
    const tokens = this.pieces(word);
    if (this.remembered.size < rememberedWords) this.remembered.set(word, tokens);
    return tokens;
  }

  tokenize(text: string): number[] {
    return splitWords(text).flatMap((word) => this.tokensOf(word));
  }

  private pieces(word: string): number[] {
    if (word.length > 2 * longestWord || [...word].length > longestWord) return [this.unknown];
    const tokens: number[] = [];
    for (let start = 0; start < word.length; ) {
      const end = this.endOfPiece(word, start);
      if (end === start) return [this.unknown];
      tokens.push(this.token(word, start, end)!);
      start = end;
    }
    return tokens;
  }

  /** End of the longest known piece from `start`; `start` where there is none. */
  private endOfPiece(word: string, start: number): number {
    let end = word.length;
    while (end > start && this.token(word, start, end) === undefined) end--;
    return end;
  }

  private token(word: string, start: number, end: number): number | undefined {
    return this.vocabulary.get((start > 0 ? '##' : '') + word.slice(start, end));
  }
}
