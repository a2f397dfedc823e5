/** Keys of the two-set Korean keyboard, in the order of the compatibility jamo; shift makes doubled consonants, ㅒ and ㅖ. */
const keyOfJamo: Record<string, string> = {
  ㄱ: 'r',
  ㄲ: 'R',
  ㄴ: 's',
  ㄷ: 'e',
  ㄸ: 'E',
  ㄹ: 'f',
  ㅁ: 'a',
  ㅂ: 'q',
  ㅃ: 'Q',
  ㅅ: 't',
  ㅆ: 'T',
  ㅇ: 'd',
  ㅈ: 'w',
  ㅉ: 'W',
  ㅊ: 'c',
  ㅋ: 'z',
  ㅌ: 'x',
  ㅍ: 'v',
  ㅎ: 'g',
  ㅏ: 'k',
  ㅐ: 'o',
  ㅑ: 'i',
  ㅒ: 'O',
  ㅓ: 'j',
  ㅔ: 'p',
  ㅕ: 'u',
  ㅖ: 'P',
  ㅗ: 'h',
  ㅛ: 'y',
  ㅜ: 'n',
  ㅠ: 'b',
  ㅡ: 'm',
  ㅣ: 'l',
};
/** Jamo of two keys. */
const pairs: Record<string, string> = {
  ㄳ: 'ㄱㅅ',
  ㄵ: 'ㄴㅈ',
  ㄶ: 'ㄴㅎ',
  ㄺ: 'ㄹㄱ',
  ㄻ: 'ㄹㅁ',
  ㄼ: 'ㄹㅂ',
  ㄽ: 'ㄹㅅ',
  ㄾ: 'ㄹㅌ',
  ㄿ: 'ㄹㅍ',
  ㅀ: 'ㄹㅎ',
  ㅄ: 'ㅂㅅ',
  ㅘ: 'ㅗㅏ',
  ㅙ: 'ㅗㅐ',
  ㅚ: 'ㅗㅣ',
  ㅝ: 'ㅜㅓ',
  ㅞ: 'ㅜㅔ',
  ㅟ: 'ㅜㅣ',
  ㅢ: 'ㅡㅣ',
};
const leads = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'];
const vowels = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'];
const finals = ['', ...'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'];
const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;

const joined = new Map(Object.entries(pairs).map(([jamo, two]) => [two, jamo]));
const jamoOfKey = new Map(Object.entries(keyOfJamo).map(([jamo, key]) => [key, jamo]));
const hangul = /[\u1100-\u11ff\u3131-\u3163\uac00-\ud7a3]/;

export const hasHangul = (text: string): boolean => hangul.test(text);

/**
 * The text with every syllable of Hangul taken apart to the jamo it is typed with: 로지텍 to ㄹㅗㅈㅣㅌㅔㄱ, 괜 to ㄱㅗㅐㄴ. So
 * what was typed up to the middle of a syllable is the beginning of what it becomes.
 */
export function keystrokes(text: string): string {
  if (!hangul.test(text)) return text;
  let typed = '';
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < firstSyllable || code > lastSyllable) {
      const jamo = compatible(code) ?? character;
      typed += pairs[jamo] ?? jamo;
      continue;
    }
    const index = code - firstSyllable;
    const [lead, vowel, final] = [Math.floor(index / 588), Math.floor((index % 588) / 28), index % 28];
    for (const jamo of [leads[lead]!, vowels[vowel]!, finals[final]!]) typed += pairs[jamo] ?? jamo;
  }
  return typed;
}

/** Conjoining jamo, which normalization makes of lone ones. */
function compatible(code: number): string | undefined {
  if (code >= 0x1100 && code <= 0x1112) return leads[code - 0x1100];
  if (code >= 0x1161 && code <= 0x1175) return vowels[code - 0x1161];
  return code >= 0x11a8 && code <= 0x11c2 ? finals[code - 0x11a7] : undefined;
}

/** What the keys of a Hangul text write on a Latin keyboard: ㅡㅐㅕㄴㄷ to mouse. */
export function toLatinKeys(text: string): string {
  return [...keystrokes(text)]
    .map((jamo) => keyOfJamo[jamo] ?? jamo)
    .join('')
    .toLowerCase();
}

/** What the keys of a Latin text write on the two-set Korean keyboard: akdntm to 마우스. */
export function toHangulKeys(text: string): string {
  const jamo = [...text].map((key) => jamoOfKey.get(key) ?? jamoOfKey.get(key.toLowerCase()) ?? key);
  return compose(jamo);
}

const isVowel = (jamo: string | undefined) => jamo !== undefined && vowels.includes(jamo);

/** Joins jamo to syllables as an input method does: a consonant before a vowel begins the next syllable. */
function compose(jamo: readonly string[]): string {
  let text = '';
  for (let at = 0; at < jamo.length; ) {
    const lead = leads.indexOf(jamo[at]!);
    if (lead < 0 || !isVowel(jamo[at + 1])) {
      text += jamo[at++]!;
      continue;
    }
    const vowelPair = joined.get(jamo[at + 1]! + (jamo[at + 2] ?? ''));
    at += vowelPair ? 3 : 2;
    const vowel = vowels.indexOf(vowelPair ?? jamo[at - 1]!);
    const final = finalAt(jamo, at);
    at += final.keys;
    text += String.fromCharCode(firstSyllable + lead * 588 + vowel * 28 + final.index);
  }
  return text;
}

function finalAt(jamo: readonly string[], at: number): { index: number; keys: number } {
  const ends = (next: number) => !isVowel(jamo[next]);
  const two = finals.indexOf(joined.get((jamo[at] ?? '') + (jamo[at + 1] ?? '')) ?? '-');
  if (two > 0 && ends(at + 2)) return { index: two, keys: 2 };
  const one = finals.indexOf(jamo[at] ?? '-');
  return one > 0 && ends(at + 1) ? { index: one, keys: 1 } : { index: 0, keys: 0 };
}
