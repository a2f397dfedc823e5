type Scores = Float64Array | Float32Array;

/** Of every so many scores one tells how high the best of all are. */
const sampleStep = 16;

/**
 * Numbers of the items with the highest scores above `above`, at most `most`, best first, the lower number first of equal ones;
 * never an item at -Infinity or NaN.
 */
export function topItems(scores: Scores, most: number, above = Number.NEGATIVE_INFINITY): number[] {
  const items = [...selectTop(scores, most, above)];
  return items.sort((left, right) => scores[right]! - scores[left]! || left - right);
}

/** The same items in the order of their numbers, which for hundreds of them takes a third of the time. */
export function selectTop(scores: Scores, most: number, above = Number.NEGATIVE_INFINITY): Uint32Array {
  const likely = atLeast(scores, likelyBound(scores, most, above), above);
  const items = likely.length < most ? atLeast(scores, above, above) : likely;
  const size = Math.min(items.length, most);
  if (size > 0 && size < items.length) keepBest(items, scores, size);
  return items.slice(0, size);
}

/** A score that more than `most` items have in all but one of some thousand cases: four standard deviations, by a sample. */
export function likelyBound(scores: Scores, most: number, above: number): number {
  const sample = scores.slice(0, Math.ceil(scores.length / sampleStep));
  let size = 0;
  for (let item = 0; item < scores.length; item += sampleStep) {
    if (scores[item]! > above) sample[size++] = scores[item]!;
  }
  const expected = most / sampleStep;
  const rank = Math.ceil(expected + 4 * Math.sqrt(expected)) + 1;
  return rank <= size ? sample.subarray(0, size).sort()[size - rank]! : above;
}

/** Kept from call to call: making and clearing as much anew would take longer than all the rest. */
let found = new Uint32Array(0);

/** A view that the next call overwrites. */
function atLeast(scores: Scores, bound: number, above: number): Uint32Array {
  if (found.length < scores.length) found = new Uint32Array(2 * scores.length);
  let size = 0;
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (score >= bound && score > above) found[size++] = item;
  }
  return found.subarray(0, size);
}

/** Moves the best `most`, fewer than there are, to the front; of those at the bound itself the first ones. */
function keepBest(items: Uint32Array, scores: Scores, most: number): void {
  const sorted = scores.slice(0, items.length);
  for (let at = 0; at < items.length; at++) sorted[at] = scores[items[at]!]!;
  sorted.sort();
  const bound = sorted[sorted.length - most]!;
  let room = 1;
  for (let at = sorted.length - most; sorted[at + room] === bound; ) room++;
  let kept = 0;
  for (let at = 0; kept < most; at++) {
    const score = scores[items[at]!]!;
    if (score > bound || (score === bound && room-- > 0)) items[kept++] = items[at]!;
  }
}
