import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze, isMorpheme } from '../analyze.ts';
import { documentTerms } from '../document-terms.ts';
import { denseWeightFor } from '../search/dense-weight.ts';
import { loadMorphology } from './load-morphology.ts';
import type { Morphology } from './morphology.ts';
import { compile } from './search-settings.ts';
import { tokensOf } from './tokens.ts';
import { variantsOf, withoutStopWords } from './widen.ts';

const syllables = fc.string({
  unit: fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code)),
});
const korean = fc
  .array(fc.oneof(syllables, fc.constantFrom('무선', '마우스를', '아파서', 'LG전자5G폰', '京', 'ㄱㅏ', 'a\u0301')))
  .map((words) => words.join(' '));

describe('the morphemes of garu-ko', () => {
  let morphology: Morphology;
  beforeAll(async () => {
    morphology = (await loadMorphology('garu-ko'))!;
  });

  const morphemesOf = (text: string) =>
    tokensOf(text, morphology)
      .filter(({ term }) => isMorpheme(term))
      .map(({ term, start, end }) => `${term.slice(1)} ${[...text].slice(start, end).join('')}`);

  it.each([
    ['로지텍은 게이밍마우스를 만들었다', ['로지텍 로지텍', '게이밍 게이밍', '마우스 마우스', '만들 만들']],
    ['배가 아파서 약을 먹었다', ['배 배', '아프 아파', '약 약', '먹 먹']],
    ['LG전자의 5G폰', ['전자 전자', '폰 폰']],
    ['Wireless 東京 タワー', []],
    ['을 는 에서', []],
  ])('carry the meaning of %j, with their places', (text, expected) => {
    expect(morphemesOf(text)).toEqual(expected);
  });

  it('tell which analyzer and version they are of', () => {
    expect(morphology.identity).toMatch(/^garu-ko \d+\.\d+\.\d+$/);
  });

  it('are the same for inflected forms of a word, which share no pair of characters', () => {
    const shared = (one: string, other: string, known?: Morphology) =>
      analyze(one, known).filter((term) => analyze(other, known).includes(term));
    expect(shared('아프다', '아파서')).toEqual([]);
    expect(shared('아프다', '아파서', morphology)).toEqual(['m아프']);
  });

  it('stand beside the pairs of characters, which stay as they are, in order and in place', () => {
    fc.assert(
      fc.property(korean, (text) => {
        const read = tokensOf(text, morphology);
        expect(read.filter(({ term }) => !isMorpheme(term))).toEqual(tokensOf(text));
        expect(read.map(({ term }) => term)).toEqual(analyze(text, morphology));
        const length = [...text].length;
        for (const { term, start, end } of read) {
          expect(term).toMatch(/^[\p{L}0-9]{1,64}$/u);
          expect(start >= 0 && start < end && end <= length).toBe(true);
        }
      }),
    );
  });

  it('leave the positions that phrases go by, and the length says how many terms there are', () => {
    const positions = (text: string, known?: Morphology) =>
      documentTerms(text, known)
        .vector.split(' ')
        .filter((entry) => !isMorpheme(entry.slice(1)));
    const text = '무선 마우스를 샀다. 무선 마우스가 아파서';
    expect(positions(text, morphology)).toEqual(positions(text));
    const { tokens, length } = documentTerms(text, morphology);
    expect(length).toBe(tokens.split(' ').length);
    expect(length).toBeGreaterThan(documentTerms(text).length);
  });

  it('do not count for what vectors weigh beside words', () => {
    const text = '조용한 무선 마우스';
    for (const provider of ['onnx', 'built-in'])
      expect(denseWeightFor(analyze(text, morphology), provider)).toBe(denseWeightFor(analyze(text), provider));
  });

  it('leave synonyms and stop words of Hangul what they are', () => {
    const settings = compile(
      { synonyms: [{ words: ['노트북', '랩톱'], oneWay: false }], stopWords: ['추천'] },
      morphology,
    );
    const { kept, left } = withoutStopWords(tokensOf('노트북을 추천', morphology), settings);
    expect(left).toEqual(['추천']);
    const [said] = variantsOf(
      kept.map(({ term }) => term),
      settings,
    );
    expect(said).toEqual(expect.arrayContaining(analyze('랩톱', morphology)));
    expect(said).not.toContain('m노트북');
  });
});

describe('an analyzer', () => {
  it('that nobody knows is refused, and those that are known are named', async () => {
    const refused = { code: 'FIELD_INVALID', field: 'collection.search.korean_analyzer' };
    await expect(loadMorphology('constructor')).rejects.toMatchObject(refused);
    await expect(loadMorphology('nori')).rejects.toThrow('"nori" is not known; it may be garu-ko, or empty');
    expect(await loadMorphology('')).toBeUndefined();
  });

  it('that is not installed is refused with the command that installs it', async () => {
    const absent = { 'garu-ko': () => Promise.reject(new Error(`Cannot find package 'garu-ko'\nimported from x`)) };
    await expect(loadMorphology('garu-ko', absent)).rejects.toMatchObject({
      code: 'ANALYZER_UNAVAILABLE',
      field: 'collection.search.korean_analyzer',
      message: expect.stringMatching(/cannot be loaded here \(Cannot find package 'garu-ko'\); npm install garu-ko /),
    });
  });
});
