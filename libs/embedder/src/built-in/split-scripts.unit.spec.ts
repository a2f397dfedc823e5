import { describe, expect, it } from 'vitest';
import { isSyllableRun, splitScripts } from './split-scripts.ts';

const words = (text: string) => splitScripts(text).latin.split(' ').filter(Boolean);

describe('splitScripts', () => {
  it('leaves ASCII as it is', () => {
    expect(splitScripts('USB-C hub, 7 ports')).toEqual({ latin: 'USB-C hub, 7 ports', others: [] });
  });

  it('parts Hangul, Han and kana from Latin letters and digits', () => {
    expect(splitScripts('갤럭시S24 울트라 東京タワー').others).toEqual(['갤럭시', '울트라', '東京タワー']);
    expect(words('갤럭시S24 울트라')).toEqual(['S24']);
  });

  it('composes decomposed Hangul and full-width letters', () => {
    expect(splitScripts('가방'.normalize('NFD')).others).toEqual(['가방']);
    expect(words('ＡＢＣ')).toEqual(['ABC']);
  });

  it('finds words of other scripts in lower case, their marks included', () => {
    expect(splitScripts('Москва Ελλάδα हिन्दी').others).toEqual(['москва', 'ελλάδα', 'हिन्दी']);
  });

  it('keeps accented Latin words in the Latin part', () => {
    expect(splitScripts('Crème brûlée')).toEqual({ latin: 'Crème brûlée', others: [] });
  });

  it('finds each emoji', () => {
    expect(splitScripts('I ❤️ cats 🐱🐱').others).toEqual(['❤', '🐱', '🐱']);
  });

  it('drops symbols that would hide the word beside them', () => {
    expect(words('Intel® Core™2 20°C')).toEqual(['Intel', 'Core', '2', '20', 'C']);
  });

  it('survives halves of surrogate pairs', () => {
    expect(words('a \ud83d b')).toContain('a');
  });
});

describe('isSyllableRun', () => {
  it('tells runs of syllables from words', () => {
    expect(['한국', '東京', 'カナ'].map(isSyllableRun)).toEqual([true, true, true]);
    expect(['word', 'москва', '🐱'].map(isSyllableRun)).toEqual([false, false, false]);
  });
});
