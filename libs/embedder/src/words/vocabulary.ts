/** Words by descending count. */
export interface Vocabulary {
  words: readonly string[];
  counts: readonly number[];
}

/**
 * Limits below which a random 32-bit number keeps an occurrence of a word: all of a rare one, few of a frequent one.
 * P = sqrt(sample / f) + sample / f for a word with share f, as word2vec.c has it (Mikolov et al. 2013b, section 2.3).
 * 0xffffffff: always kept.
 */
export function keepLimits(counts: readonly number[], sample: number): Uint32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Uint32Array.from(counts, (count) => {
    const ratio = sample / (count / total);
    const probability = sample === 0 ? 1 : Math.sqrt(ratio) + ratio;
    return probability >= 1 ? 0xffffffff : Math.floor(probability * 0xffffffff);
  });
}

export interface AliasTable {
  /** A random 32-bit number below it stays with the word, others take the alias. */
  limits: Uint32Array;
  aliases: Uint32Array;
}

/** Draws words by count^0.75 in two numbers (Walker 1977; construction by Vose 1991). */
export function aliasTable(counts: readonly number[], power = 0.75): AliasTable {
  const weights = counts.map((count) => count ** power);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => (weight * counts.length) / total);
  const limits = new Uint32Array(counts.length).fill(0xffffffff);
  const aliases = Uint32Array.from(counts, (_, word) => word);
  const small = shares.flatMap((share, word) => (share < 1 ? [word] : []));
  const large = shares.flatMap((share, word) => (share < 1 ? [] : [word]));
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop()!;
    const rich = large.at(-1)!;
    limits[poor] = Math.floor(shares[poor]! * 0xffffffff);
    aliases[poor] = rich;
    shares[rich]! -= 1 - shares[poor]!;
    if (shares[rich]! >= 1) continue;
    large.pop();
    small.push(rich);
  }
  return { limits, aliases };
}
