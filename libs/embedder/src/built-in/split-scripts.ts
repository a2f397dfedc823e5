const printableAscii = /^[\t\n\r -~]*$/;
// Compatibility forms would turn these into letters: "Core(TM)2" must not become "coretm2".
const marks = /[\u2120\u2122]/g;
// Runs of scripts written without spaces or with glued particles, words of other scripts than Latin, single emoji.
const otherScripts =
  /[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u30fc]+|[[\p{L}\p{M}]--[\p{sc=Latin}\p{sc=Common}\p{sc=Inherited}]][[\p{L}\p{M}]--[\p{sc=Latin}\p{sc=Common}\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]]*|[\p{Emoji_Presentation}\u2600-\u27bf]/gv;
// BERT would glue them to the word beside them, and the whole word would become unknown.
const symbols = /[[\p{So}\p{Sm}\p{Sk}]--\p{ASCII}]/gv;
const runScript = /^[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u30fc]/u;

export interface ScriptParts {
  /** Latin words, digits and punctuation: what the static table knows. */
  latin: string;
  /** Lower-cased runs of Hangul, Han and kana, words of further scripts, and emoji. */
  others: readonly string[];
}

/** Parts of a text in compatibility-composed form (NFKC), so that decomposed Hangul and full-width letters make no difference. */
export function splitScripts(text: string): ScriptParts {
  if (printableAscii.test(text)) return { latin: text, others: [] };
  const normal = text.replace(marks, ' ').normalize('NFKC');
  return {
    latin: normal.replace(otherScripts, ' ').replace(symbols, ' '),
    others: normal.toLowerCase().match(otherScripts) ?? [],
  };
}

/** Whether a part is a run of Hangul, Han or kana, which has syllables where others have words. */
export const isSyllableRun = (part: string): boolean => runScript.test(part);
