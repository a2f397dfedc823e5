/**
 * Light English stemming: plurals, -ed, -ing, -y and final -e, after steps 1 and 5a of Porter, "An algorithm for
 * suffix stripping" (1980). Takes a lower-case word of ASCII letters; leaves words of up to three letters alone.
 */
export function stem(word: string): string {
  if (word.length <= 3) return word;
  return finalE(finalY(participle(plural(word))));
}

function plural(word: string): string {
  if (/(ss|x|ch|sh|zz)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('ies')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return word;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

const hasVowel = (part: string) => /[aeiouy]/.test(part);

function participle(word: string): string {
  if (word.endsWith('eed')) return word.length > 5 ? word.slice(0, -1) : word;
  const suffix = word.endsWith('ing') ? 3 : word.endsWith('ed') ? 2 : 0;
  if (suffix === 0 || word.length - suffix < 3 || !hasVowel(word.slice(0, -suffix))) return word;
  return restored(word.slice(0, -suffix));
}

/** "rat(ing)" to "rate", "stopp(ed)" to "stop", "fil(ing)" to "file". */
function restored(base: string): string {
  if (/(at|bl|iz)$/.test(base)) return `${base}e`;
  if (/([^aeioulsz])\1$/.test(base)) return base.slice(0, -1);
  const shortWord = /^[^aeiou]*[aeiouy][^aeiouwxy]$/.test(base);
  return shortWord ? `${base}e` : base;
}

function finalY(word: string): string {
  return word.endsWith('y') && word.length > 3 && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;
}

/** "cache" and "caches" meet at "cach"; words of four letters keep theirs, so "tube" stays apart from "tub". */
function finalE(word: string): string {
  return word.length > 4 && word.endsWith('e') ? word.slice(0, -1) : word;
}
