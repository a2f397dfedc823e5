export interface FollowerOptions {
  /** Places behind an item that count. */
  window: number;
  /** Most followers of an item. */
  most: number;
  /** Weight at which a share is halved: what followed once or twice says little. */
  shrinkage: number;
}

export interface Followers {
  /** Best first; ties go to the lower number. */
  items: number[];
  /** In (0, 1]. */
  scores: number[];
}

/** What a follower counts at a distance from 1: 1, 1/2, 1/3, ... */
export const distanceWeight = (distance: number): number => 1 / distance;

/**
 * Which items people turned to after an item: of the weight of everything that came within `window` places behind it, the
 * share that each follower has, times w / (w + shrinkage) for the weight w of the pair. A first-order transition model over
 * a window, weighted by distance. One item at a time, so that long work can be split.
 */
export class FollowerFinder {
  /** Occurrences of item i: from starts[i] to starts[i + 1]. */
  private readonly starts: Uint32Array;
  private readonly sequenceOf: Uint32Array;
  private readonly placeOf: Uint32Array;
  private readonly weights: Float64Array;

  /** Sequences are oldest first, of item numbers below `itemCount`; throws RangeError for others. */
  constructor(
    private readonly sequences: readonly ArrayLike<number>[],
    itemCount: number,
    private readonly options: FollowerOptions,
  ) {
    const { window, most, shrinkage } = options;
    if (!(window >= 1 && most >= 1 && shrinkage >= 0)) throw new RangeError('window and most from 1, shrinkage from 0');
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
    const touched = this.addUp(item);
    const { most, shrinkage } = this.options;
    let total = 0;
    for (const follower of touched) total += this.weights[follower]!;
    const scored = touched.map((follower) => {
      const weight = this.weights[follower]!;
      this.weights[follower] = 0;
      return { follower, score: (weight / total) * (weight / (weight + shrinkage)) };
    });
    scored.sort((left, right) => right.score - left.score || left.follower - right.follower);
    const best = scored.slice(0, most);
    return { items: best.map(({ follower }) => follower), scores: best.map(({ score }) => score) };
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
        this.weights[follower] = this.weights[follower]! + distanceWeight(other - place);
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
