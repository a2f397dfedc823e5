const printableAscii = /^[\t\n\r -~]*$/;
const asciiWords = /[a-z]+|[0-9]+/g;
// Hangul keeps its eojeol whole (subwords see into them); Han has no spaces, so each character is a word; kana by runs.
const anyWords =
  /\p{sc=Hangul}+|\p{sc=Han}|[\p{sc=Hiragana}\p{sc=Katakana}\u30fc]+|[[\p{L}\p{M}]--[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]]+|\p{N}+|\p{Emoji_Presentation}/gv;
/** Longer words are cut: nobody writes them, and they would swell the vocabulary. In UTF-16 units. */
const longestWord = 64;

/** Words of a sentence in order: NFKC, lower case, without punctuation. "왕의 Crown, 3개" gives 왕의, crown, 3, 개. */
export function splitSentence(sentence: string): string[] {
  const words = printableAscii.test(sentence)
    ? sentence.toLowerCase().match(asciiWords)
    : sentence.normalize('NFKC').toLowerCase().match(anyWords);
  return words?.map((word) => (word.length > longestWord ? word.slice(0, longestWord) : word)) ?? [];
}
