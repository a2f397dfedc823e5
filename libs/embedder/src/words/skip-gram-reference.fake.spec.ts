import type { SkipGramMemory } from './skip-gram-memory.ts';

const { fround } = Math;
const bits = 0xffff_ffff_ffff_ffffn;

/** What wasm/skip-gram.ts does, in plain TypeScript and in the same order of rounding, on a copy of the memory. */
export class SkipGramReference {
  readonly bytes: ArrayBuffer;
  private readonly floats: Float32Array;
  private readonly numbers: Uint32Array;
  private readonly doubles: Float64Array;
  private readonly random: BigUint64Array;
  private readonly field: (offset: number) => number;

  constructor(
    shared: SkipGramMemory,
    private readonly settings = shared.settings[0]!,
  ) {
    this.bytes = new Uint8Array(shared.memory.buffer).slice().buffer;
    this.floats = new Float32Array(this.bytes);
    this.numbers = new Uint32Array(this.bytes);
    this.doubles = new Float64Array(this.bytes);
    this.random = new BigUint64Array(this.bytes);
    this.field = (offset) => this.numbers[(settings + offset) / 4]!;
  }

  train(tokens: readonly number[], rate: number): void {
    let sentence: number[] = [];
    for (const token of [...tokens, -1]) {
      if (token >= 0) sentence.push(token);
      else {
        this.sentence(
          sentence.filter((word) => this.keeps(word)),
          fround(rate),
        );
        sentence = [];
      }
    }
  }

  private sentence(words: number[], rate: number): void {
    words.forEach((word, at) => {
      this.numbers[this.field(48) / 4 + at] = word;
    });
    words.forEach((word, position) => {
      const reach = 1 + this.below(this.field(12));
      const others = words
        .slice(Math.max(0, position - reach), position)
        .concat(words.slice(position + 1, position + reach + 1));
      this.word(word, others, rate);
    });
  }

  private word(word: number, others: number[], rate: number): void {
    const stride = this.field(8);
    const inputs = this.field(0) / 4;
    const gradient = this.row(this.field(44) / 4);
    for (const other of others) {
      const row = this.row(inputs + other * stride);
      gradient.fill(0);
      this.learn(row, word, rate);
      add(row, gradient);
    }
  }

  private learn(hidden: Float32Array, observed: number, rate: number): void {
    const gradient = this.row(this.field(44) / 4);
    for (let drawn = 0; drawn <= this.field(16); drawn++) {
      const word = drawn === 0 ? observed : this.negative();
      if (drawn > 0 && word === observed) continue;
      const row = this.row(this.field(4) / 4 + word * this.field(8));
      const value = Math.min(Math.max(dot(hidden, row), -6), fround(5.9999));
      const entry = Math.trunc(fround(fround(value + 6) * fround(4096 / 12)));
      this.doubles[(this.settings + 64) / 8]! +=
        this.floats[this.field(40) / 4 + (drawn === 0 ? entry : 4095 - entry)]!;
      const sigmoid = this.floats[this.field(36) / 4 + entry]!;
      const by = fround(fround((drawn === 0 ? 1 : 0) - sigmoid) * rate);
      row.forEach((old, at) => {
        gradient[at] = gradient[at]! + fround(by * old);
        row[at] = old + fround(by * hidden[at]!);
      });
    }
    this.doubles[(this.settings + 72) / 8]! += 1;
  }

  private row(at: number): Float32Array {
    return this.floats.subarray(at, at + this.field(8));
  }

  private keeps(word: number): boolean {
    const limit = this.numbers[this.field(24) / 4 + word]!;
    return limit === 0xffffffff || this.next() < limit;
  }

  private negative(): number {
    const word = this.below(this.field(20));
    const stays = this.next() < this.numbers[this.field(28) / 4 + word]!;
    return stays ? word : this.numbers[this.field(32) / 4 + word]!;
  }

  private below(bound: number): number {
    return Number((BigInt(this.next()) * BigInt(bound)) >> 32n);
  }

  private next(): number {
    const at = (this.settings + 56) / 8;
    this.random[at] = (this.random[at]! * 6364136223846793005n + 1442695040888963407n) & bits;
    return Number(this.random[at]! >> 32n);
  }
}

function add(to: Float32Array, from: Float32Array): void {
  for (let at = 0; at < to.length; at++) to[at] = to[at]! + from[at]!;
}

/** Sums as the kernel does: four registers of four lanes, what is left over in the first. */
function dot(left: Float32Array, right: Float32Array): number {
  const sums = new Float32Array(16);
  const blocks = left.length - (left.length % 16);
  left.forEach((value, at) => {
    const lane = at < blocks ? at % 16 : at % 4;
    sums[lane] = sums[lane]! + fround(value * right[at]!);
  });
  const [a, b, c, d] = [0, 1, 2, 3].map((lane) =>
    fround(fround(sums[lane]! + sums[lane + 4]!) + fround(sums[lane + 8]! + sums[lane + 12]!)),
  );
  return fround(fround(a! + b!) + fround(c! + d!));
}
