const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;
const vowels = 21;
const finals = 28;
const firstLead = 0x1100;
const firstVowel = 0x1161;
/** Stands for a syllable without a final consonant, so that every syllable has three jamo. A noncharacter: no text holds it. */
export const noFinal = '\ufdd0';

/**
 * Syllables as lead, vowel and final (or `noFinal`) jamo each, everything else as it is: "가A" gives "ᄀ", "ᅡ", no final, "A".
 * The arithmetic of the Unicode Standard, section 3.12.
 */
export function toJamo(text: string): string {
  let jamo = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < firstSyllable || code > lastSyllable) {
      jamo += text[at];
      continue;
    }
    const syllable = code - firstSyllable;
    const final = syllable % finals;
    jamo += String.fromCharCode(
      firstLead + Math.floor(syllable / (vowels * finals)),
      firstVowel + Math.floor((syllable % (vowels * finals)) / finals),
    );
    jamo += final === 0 ? noFinal : String.fromCharCode(0x11a7 + final);
  }
  return jamo;
}

/** The text that `toJamo` took apart. Loose jamo stay as they are, as they were in the text. */
export function fromJamo(jamo: string): string {
  return jamo.replace(/([\u1100-\u1112])([\u1161-\u1175])([\u11a8-\u11c2\ufdd0])/g, (_, lead, vowel, final) => {
    const index = (lead.charCodeAt(0) - firstLead) * vowels + (vowel.charCodeAt(0) - firstVowel);
    return String.fromCharCode(firstSyllable + index * finals + (final === noFinal ? 0 : final.charCodeAt(0) - 0x11a7));
  });
}

/** Whether the text has a Hangul syllable. */
export const hasHangul = (text: string): boolean => /[\uac00-\ud7a3]/.test(text);
