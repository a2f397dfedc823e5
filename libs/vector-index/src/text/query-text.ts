import { KindredError } from '@kindred/contracts';
import { analyze } from '../analyze.ts';

/** A query's text as it is meant. */
export interface QueryText {
  /** What to look for: spaces instead of quotation marks and excluded words, so that places are those of the typed text. */
  text: string;
  /** The same with spaces instead of phrases too. */
  loose: string;
  /** As typed, without the marks. */
  phrases: string[];
  excluded: string[];
}

const mostConditions = 32;
const mostPhraseTerms = 128;

const quotes = '"\\u201c\\u201d\\u201e\\uff02';
// A mark inside a word is none: 15" stays fifteen inches. So is a - between words: usb-c.
const syntax = new RegExp(
  `(?<=^|[\\s(])(?:(?<not>-?)[${quotes}](?<phrase>[^${quotes}]*)[${quotes}](?![\\p{L}\\p{Nd}])|-(?<word>[\\p{L}\\p{Nd}][^\\s)]*))`,
  'gu',
);

/**
 * Takes "words in quotation marks" and -excluded words out of a text. A quotation mark without its other one means nothing.
 * Throws a KindredError on the field "text" for what cannot be looked for.
 */
export function parseQueryText(text: string): QueryText {
  const phrases: string[] = [];
  const excluded: string[] = [];
  const wanted = text.replace(syntax, (...found) => {
    const { not, phrase = '', word } = found.at(-1) as { not?: string; phrase?: string; word?: string };
    const list = word !== undefined || not === '-' ? excluded : phrases;
    list.push(word ?? phrase);
    return list === phrases ? ` ${phrase} ` : blank(found[0]);
  });
  const kept = { phrases: phrases.filter(hasTerms), excluded: excluded.filter(hasTerms) };
  checkConditions(kept.phrases, kept.excluded);
  if (kept.excluded.length > 0 && !hasTerms(wanted)) {
    const message = 'text only excludes words; add a word to look for, or leave out the - to look for these';
    throw new KindredError('FIELD_INVALID', 'text', message);
  }
  return { text: wanted, loose: text.replace(syntax, blank), ...kept };
}

/** As many spaces as the text has code points. */
const blank = (text: string) => ' '.repeat([...text].length);

const hasTerms = (text: string) => analyze(text).length > 0;

function checkConditions(phrases: readonly string[], excluded: readonly string[]): void {
  const all = [...phrases, ...excluded];
  if (all.length > mostConditions) {
    const message = `text has ${all.length} phrases and excluded words; at most ${mostConditions} are taken`;
    throw new KindredError('FIELD_TOO_LARGE', 'text', message);
  }
  const long = all.find((one) => analyze(one).length > mostPhraseTerms);
  if (long === undefined) return;
  const message = `text has a phrase of more than ${mostPhraseTerms} terms ("${[...long].slice(0, 20).join('')}..."); shorten it, or set text_options.literal`;
  throw new KindredError('FIELD_TOO_LARGE', 'text', message);
}
