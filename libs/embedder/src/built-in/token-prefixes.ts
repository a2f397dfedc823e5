interface Token {
  text: string;
  row: number;
}

const seed = 0x811c9dc5 | 0;
const prime = 0x01000193;

/**
 * Finds the longest token that a text has at some place. One hash runs along the text and is looked up at each length:
 * a string and a map's look-up for each cost most of the time that a new word took.
 */
export class TokenPrefixes {
  /** Open addressing: index of a token plus 1, or 0. Four times as many slots as tokens. */
  private readonly slots: Uint32Array;
  private readonly hashes: Int32Array;
  private readonly tokens: Token[];
  private readonly longest: number;

  constructor(tokens: readonly (readonly [text: string, row: number])[]) {
    this.tokens = tokens.map(([text, row]) => ({ text, row }));
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(4 * tokens.length + 1)));
    this.hashes = new Int32Array(tokens.length);
    this.longest = this.tokens.reduce((longest, { text }) => Math.max(longest, text.length), 0);
    for (const [index, { text }] of this.tokens.entries()) {
      let hash = seed;
      for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime);
      this.hashes[index] = hash;
      let slot = this.slotOf(hash);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = index + 1;
    }
  }

  longestAt(text: string, start: number): Token | undefined {
    const end = Math.min(text.length, start + this.longest);
    let found: Token | undefined;
    let hash = seed;
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), prime);
      found = this.get(hash, text, start, at + 1) ?? found;
    }
    return found;
  }

  private get(hash: number, text: string, start: number, end: number): Token | undefined {
    const { slots, hashes } = this;
    for (let slot = this.slotOf(hash); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const index = slots[slot]! - 1;
      if (hashes[index] !== hash) continue;
      const token = this.tokens[index]!;
      if (token.text.length === end - start && text.startsWith(token.text, start)) return token;
    }
    return undefined;
  }

  /** High bits decide too: those of the last character alone are alike in many tokens. */
  private slotOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.slots.length - 1);
  }
}
