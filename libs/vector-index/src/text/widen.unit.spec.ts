import { describe, expect, it } from 'vitest';
import { runAnalyzer } from './run-analyzer.ts';
import { compile } from './search-settings.ts';
import { tokensOf } from './tokens.ts';
import { variantsOf, withoutStopWords } from './widen.ts';

const two = (...words: string[]) => ({ words, oneWay: false });
const one = (...words: string[]) => ({ words, oneWay: true });
const terms = (text: string) => tokensOf(text).map(({ term }) => term);
const said = (text: string, ...synonyms: { words: string[]; oneWay: boolean }[]) =>
  variantsOf(terms(text), compile({ synonyms })).map((variant) => variant.join(' '));

describe('synonyms', () => {
  it('say a query in other words, and count none of them beside the asked one', () => {
    expect(said('black notebook', two('notebook', 'laptop'))).toEqual(['black laptop']);
    expect(said('black laptops', two('notebook', 'laptop'))).toEqual(['black notebook']);
    expect(said('black desk', two('notebook', 'laptop'))).toEqual([]);
  });

  it('are told with the part of the text that they are of, as queries have them: without stop words', () => {
    const settings = compile({ synonyms: [two('pc', 'personal computers'), two('the', 'le')], stopWords: ['the'] });
    const { synonyms, terms: told } = runAnalyzer('my personal, the computer', settings);
    expect(synonyms).toEqual([{ start: 3, end: 25, word: 'pc', terms: ['pc'] }]);
    expect(told.map((term) => term.synonyms)).toEqual([[], ['pc'], [], []]);
    const [plain] = runAnalyzer('PC', settings).synonyms;
    expect(plain).toEqual({ start: 0, end: 2, word: 'personal computers', terms: ['personal', 'computer'] });
  });

  it('of one way widen their first word only', () => {
    expect(said('tv', one('tv', 'oled', 'qled'))).toEqual(['oled', 'qled']);
    expect(said('oled', one('tv', 'oled', 'qled'))).toEqual([]);
  });

  it('may be phrases, the longest first', () => {
    const sets = [two('pc', 'personal computer'), two('personal', 'private')];
    expect(said('a personal computer', ...sets)).toEqual(['a pc']);
    expect(said('pc case', ...sets)).toEqual(['personal computer case']);
  });

  it('are found within Hangul words, in front of their particles', () => {
    expect(said('노트북을', two('노트북', '랩탑'))).toEqual(['랩탑 북을']);
  });

  it('of a word in several sets are those of them all, each once', () => {
    const sets = [two('tv', 'telly'), two('tv', 'screen', 'telly')];
    expect(said('tv', ...sets)).toEqual(['telli', 'screen']);
  });

  it('of many words are combined up to a limit', () => {
    const sets = ['a', 'b', 'c', 'd', 'e'].map((word) => two(word, `${word}x`, `${word}y`));
    const variants = said('a b c d e', ...sets);
    expect(variants).toHaveLength(15);
    expect(new Set(variants).size).toBe(15);
    expect(variants).not.toContain('a b c d e');
  });
});

describe('stop words', () => {
  const left = (text: string, ...stopWords: string[]) => {
    const { kept, left: words } = withoutStopWords(tokensOf(text), compile({ stopWords }));
    return [kept.map(({ term }) => term).join(' '), words];
  };

  it('are left out of queries that have other words, and only whole', () => {
    expect(left('The best mouse', 'the', 'best')).toEqual(['mous', ['the', 'best']]);
    expect(left('마우스 추천', '추천')).toEqual(['마우 우스', ['추천']]);
    expect(left('추천인 마우스', '추천')).toEqual(['추천 천인 마우 우스', []]);
  });

  it('stay in a query of nothing else', () => {
    expect(left('the best', 'the', 'best')).toEqual(['the best', []]);
  });
});
