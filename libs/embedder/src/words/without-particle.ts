import type { WordModel } from './word-model.ts';

/** Josa, longest first: what Korean writes at a noun to say its part in the sentence. */
const particles = [
  ...['에게서', '으로써', '으로서', '이라고', '에서는', '으로는', '까지도'],
  ...[
    '에서',
    '에게',
    '한테',
    '께서',
    '으로',
    '까지',
    '부터',
    '보다',
    '처럼',
    '마다',
    '조차',
    '밖에',
    '이나',
    '이랑',
    '이란',
    '라고',
    '에는',
    '에도',
    '과의',
    '와의',
  ],
  ...['은', '는', '이', '가', '을', '를', '의', '에', '로', '와', '과', '도', '만', '나', '랑'],
];
const hangul = /^\p{sc=Hangul}{3,}$/u;

/**
 * The noun under a Korean particle: 영화를 gives 영화. Only where the model has the noun, of two syllables at least, and met it more
 * often than the whole: 고양이 stays a cat where the town 고양 is rarer. Any other word is given back.
 */
export function withoutParticle(word: string, model: WordModel): string {
  if (!hangul.test(word)) return word;
  const place = model.placeOf(word) ?? Number.POSITIVE_INFINITY;
  for (const particle of particles) {
    const noun = word.slice(0, -particle.length);
    // Words stand by descending count.
    if (word.endsWith(particle) && noun.length >= 2 && (model.placeOf(noun) ?? place) < place) return noun;
  }
  return word;
}
