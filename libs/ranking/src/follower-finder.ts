export interface FollowerOptions {
  /** Places behind an item that count. */
  window: number;
  /** Most followers of an item. */
  most: number;
  /** Added to what a sum is divided by: of items that came once or twice, followers prove little. */
  shrinkage: number;
  /** How fast a follower counts less: 1 / distance^distancePower. Absent: 1. */
  distancePower?: number;
  /** 0 ranks by how often, 1 by how much more often than by chance. Absent: 0. */
  popularityPower?: number;
}

export interface Followers {
  /** Best first; ties go to the lower number. */
  items: number[];
  /** Above 0; at most 1 where no sequence repeats an item. */
  scores: number[];
}

/**
 * Which items people turned to after an item: a follower adds 1 / distance^distancePower for each time it came within `window` places
 * behind it; the sum is divided by occurrences of the item x occurrences of the follower^popularityPower + shrinkage. A first-order
 * transition model over a window; a Markov chain is window 1. One item at a time, so that long work can be split.
 */
export class FollowerFinder {
  /** Occurrences of item i: from starts[i] to starts[i + 1]. */
  private readonly starts: Uint32Array;
  private readonly sequenceOf: Uint32Array;
  private readonly placeOf: Uint32Array;
  private readonly weights: Float64Array;
  /** What a follower counts, by its distance. */
  private readonly steps: Float64Array;

  /** Sequences are oldest first, of item numbers below `itemCount`; throws RangeError for others. */
  constructor(
    private readonly sequences: readonly ArrayLike<number>[],
    itemCount: number,
    private readonly options: FollowerOptions,
  ) {
    const { window, most, shrinkage, distancePower = 1 } = options;
    if (!(window >= 1 && most >= 1 && shrinkage >= 0)) throw new RangeError('window and most from 1, shrinkage from 0');
    this.steps = Float64Array.from({ length: window + 1 }, (_, distance) => distance ** -distancePower);
    this.weights = new Float64Array(itemCount);
    this.starts = startsOf(sequences, itemCount);
    const total = this.starts[itemCount]!;
    this.sequenceOf = new Uint32Array(total);
    this.placeOf = new Uint32Array(total);
    const next = this.starts.slice();
    for (const [at, sequence] of sequences.entries()) {
      for (let place = 0; place < sequence.length; place++) {
        const slot = next[sequence[place]!]!++;
        this.sequenceOf[slot] = at;
        this.placeOf[slot] = place;
      }
    }
  }

  of(item: number): Followers {
    const { most, shrinkage, popularityPower = 0 } = this.options;
    const own = this.occurrences(item);
    const scored = this.addUp(item).map((follower) => {
      const weight = this.weights[follower]!;
      this.weights[follower] = 0;
      return { follower, score: weight / (own * this.occurrences(follower) ** popularityPower + shrinkage) };
    });
    scored.sort((left, right) => right.score - left.score || left.follower - right.follower);
    const best = scored.slice(0, most);
    return { items: best.map(({ follower }) => follower), scores: best.map(({ score }) => score) };
  }

  private occurrences(item: number): number {
    return this.starts[item + 1]! - this.starts[item]!;
  }

  private addUp(item: number): number[] {
    const touched: number[] = [];
    for (let at = this.starts[item]!; at < this.starts[item + 1]!; at++) {
      const sequence = this.sequences[this.sequenceOf[at]!]!;
      const place = this.placeOf[at]!;
      const last = Math.min(sequence.length - 1, place + this.options.window);
      for (let other = place + 1; other <= last; other++) {
        const follower = sequence[other]!;
        if (follower === item) continue;
        if (this.weights[follower] === 0) touched.push(follower);
        this.weights[follower] = this.weights[follower]! + this.steps[other - place]!;
      }
    }
    return touched;
  }
}

function startsOf(sequences: readonly ArrayLike<number>[], itemCount: number): Uint32Array {
  const starts = new Uint32Array(itemCount + 1);
  for (const sequence of sequences) {
    for (let place = 0; place < sequence.length; place++) {
      const item = sequence[place]!;
      if (!(item >= 0 && item < itemCount)) throw new RangeError(`Item ${item} is out of range`);
      starts[item + 1]!++;
    }
  }
  for (let item = 0; item < itemCount; item++) starts[item + 1] = starts[item + 1]! + starts[item]!;
  return starts;
}
