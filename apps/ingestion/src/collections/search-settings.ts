import { KindredError, type SearchSettings, type SynonymSet } from '@kindred/contracts';
import { analyze, type SearchSettings as StoredSettings } from '@kindred/vector-index';

const mostSets = 1_000;
const mostWordsOfSet = 16;
const mostStopWords = 1_000;
const longestWord = 256;
const longestSource = 512;

/** Search settings off the wire to what is stored; throws a KindredError that names the offending field. */
export function searchSettingsOf(settings: SearchSettings | undefined): StoredSettings | undefined {
  if (!settings) return undefined;
  const field = 'collection.search';
  checkCount(settings.synonyms, `${field}.synonyms`, mostSets);
  checkCount(settings.stopWords, `${field}.stop_words`, mostStopWords);
  const synonyms = settings.synonyms.map((set, at) => synonymSetOf(set, `${field}.synonyms[${at}]`));
  const { denseWeight, denseWeightSource, koreanAnalyzer } = settings;
  if (denseWeight !== undefined && !(denseWeight >= 0 && denseWeight <= 1)) {
    const message = `${field}.dense_weight is ${denseWeight}; it must be from 0 to 1`;
    throw new KindredError('FIELD_INVALID', `${field}.dense_weight`, message);
  }
  checkText(denseWeightSource, `${field}.dense_weight_source`, longestSource);
  return {
    ...(synonyms.length > 0 && { synonyms }),
    ...(settings.stopWords.length > 0 && { stopWords: stopWordsOf(settings.stopWords, `${field}.stop_words`) }),
    ...(denseWeight !== undefined && { denseWeight }),
    ...(denseWeightSource !== '' && { denseWeightSource }),
    ...(koreanAnalyzer !== '' && { koreanAnalyzer }),
  };
}

/** Stored settings back to their wire form; absent where nothing is set. */
export function wireSearchSettings(stored: StoredSettings): SearchSettings | undefined {
  if (Object.keys(stored).length === 0) return undefined;
  return {
    synonyms: stored.synonyms ?? [],
    stopWords: stored.stopWords ?? [],
    denseWeight: stored.denseWeight,
    denseWeightSource: stored.denseWeightSource ?? '',
    koreanAnalyzer: stored.koreanAnalyzer ?? '',
  };
}

function synonymSetOf({ words, oneWay }: SynonymSet, field: string): SynonymSet {
  if (words.length < 2) {
    const message = `${field}.words names ${words.length === 0 ? 'no word' : 'one word'}; name two or more that count as the same`;
    throw new KindredError('FIELD_MISSING', `${field}.words`, message);
  }
  checkCount(words, `${field}.words`, mostWordsOfSet);
  const seen = new Map<string, number>();
  for (const [at, word] of words.entries()) {
    const terms = termsOf(word, `${field}.words[${at}]`).join(' ');
    const before = seen.get(terms);
    if (before !== undefined) {
      const message = `${field}.words[${at}] "${word}" is the same to a search as words[${before}]; leave it out`;
      throw new KindredError('FIELD_INVALID', `${field}.words[${at}]`, message);
    }
    seen.set(terms, at);
  }
  return { words, oneWay };
}

function stopWordsOf(words: string[], field: string): string[] {
  for (const [at, word] of words.entries()) {
    termsOf(word, `${field}[${at}]`);
    if (!/\s/u.test(word.trim())) continue;
    const message = `${field}[${at}] "${word}" has a space; a stop word is one word`;
    throw new KindredError('FIELD_INVALID', `${field}[${at}]`, message);
  }
  return [...new Set(words.map((word) => word.trim()))];
}

function termsOf(word: string, field: string): string[] {
  checkText(word, field, longestWord);
  const terms = analyze(word);
  if (terms.length > 0) return terms;
  throw new KindredError(
    'FIELD_INVALID',
    field,
    `${field} "${word}" has no letters or digits to look for; leave it out`,
  );
}

function checkText(text: string, field: string, most: number): void {
  if (Buffer.byteLength(text) > most) {
    throw new KindredError('FIELD_TOO_LARGE', field, `${field} is longer than ${most} bytes of UTF-8; shorten it`);
  }
  if (text.includes('\u0000')) {
    throw new KindredError('TEXT_HAS_NULL_BYTE', field, `${field} contains a null byte (U+0000); remove it`);
  }
}

function checkCount({ length }: { length: number }, field: string, most: number): void {
  if (length <= most) return;
  throw new KindredError('FIELD_TOO_LARGE', field, `${field} has ${length} entries; at most ${most} are taken`);
}
