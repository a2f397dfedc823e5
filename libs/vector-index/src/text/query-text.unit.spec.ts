import { describe, expect, it } from 'vitest';
import { parseQueryText } from './query-text.ts';

const parsed = (text: string) => {
  const { text: wanted, loose, ...conditions } = parseQueryText(text);
  // Places are those of the typed text.
  expect([[...wanted].length, [...loose].length]).toEqual([[...text].length, [...text].length]);
  return { text: wanted.replace(/\s+/g, ' ').trim(), ...conditions };
};

describe('the text of a query', () => {
  it.each([
    ['wireless mouse', 'wireless mouse', [], []],
    ['"wireless mouse" black', 'wireless mouse black', ['wireless mouse'], []],
    ['mouse -wireless', 'mouse', [], ['wireless']],
    ['mouse -"gaming chair" -rgb', 'mouse', [], ['gaming chair', 'rgb']],
    ['무선 마우스 -로지텍 "긴 배터리"', '무선 마우스 긴 배터리', ['긴 배터리'], ['로지텍']],
    ['“smart quotes” „other“', 'smart quotes other', ['smart quotes', 'other'], []],
    ['usb-c cable - 2m', 'usb-c cable - 2m', [], []],
    ['15" monitor 24"', '15" monitor 24"', [], []],
    ['"unbalanced phrase', '"unbalanced phrase', [], []],
    ['mouse -WH-1000XM4', 'mouse', [], ['WH-1000XM4']],
    ['mouse "🙂" -🙂 ""', 'mouse 🙂 -🙂', [], []],
    ['mouse (-wired)', 'mouse ( )', [], ['wired']],
    ['--mouse', '--mouse', [], []],
  ])('%j is read', (text, wanted, phrases, excluded) => {
    expect(parsed(text)).toEqual({ text: wanted, phrases, excluded });
  });

  it.each(['-mouse', '-"wireless mouse" -rgb', '🙂 -마우스'])('is refused where it only excludes: %j', (text) => {
    expect(() => parseQueryText(text)).toThrow('text only excludes words');
  });
});
