import { KindredError } from '@kindred/contracts';
import type { SentenceUnit } from './corpus-sentences.ts';
import type { SkipGramParameters } from './skip-gram-memory.ts';
import { defaultSubwords, type SubwordParameters } from './subwords.ts';

/** Everything a training can be told. */
export interface TrainingParameters extends SkipGramParameters {
  minCount: number;
  mostWords: number;
  unit: SentenceUnit;
  /** Absent: words have no parts, so unknown words have no vector. */
  subwords?: SubwordParameters;
}

/** As word2vec and gensim choose them for skip-gram, with n-grams. */
export const defaultTraining: TrainingParameters = {
  dimensions: 100,
  window: 5,
  negatives: 5,
  epochs: 5,
  sample: 1e-3,
  rate: 0.025,
  seed: 1,
  threads: 1,
  minCount: 5,
  mostWords: 1_000_000,
  unit: 'line',
  subwords: defaultSubwords,
};

type NumberField = Exclude<keyof TrainingParameters, 'unit' | 'subwords'>;
const ranges: Record<NumberField, readonly [low: number, high: number, whole: boolean]> = {
  dimensions: [8, 1_000, true],
  window: [1, 100, true],
  negatives: [1, 100, true],
  epochs: [1, 1_000, true],
  sample: [0, 1, false],
  rate: [1e-6, 1, false],
  seed: [0, 0xffff_ffff, true],
  threads: [1, 64, true],
  minCount: [1, 1_000_000, true],
  mostWords: [2, 3_000_000, true],
};
const subwordRanges: Record<'buckets' | 'shortest' | 'longest', readonly [number, number, boolean]> = {
  buckets: [1, 4_194_304, true],
  shortest: [1, 10, true],
  longest: [1, 20, true],
};

/** One byte each; a stored model has at most as many. */
const mostBucketValues = 2 ** 30;

/** Throws a KindredError FIELD_INVALID on "parameters.<name>", in snake_case, for a value out of its range. */
export function checkTraining(parameters: TrainingParameters): void {
  for (const [name, range] of Object.entries(ranges)) check(name, parameters[name as NumberField], range);
  const { subwords } = parameters;
  if (!subwords) return;
  for (const [name, range] of Object.entries(subwordRanges)) {
    check(`subword_${name}`, subwords[name as keyof typeof subwordRanges], range);
  }
  if (subwords.shortest > subwords.longest) {
    const message = 'parameters.subword_shortest is above parameters.subword_longest; make it smaller';
    throw new KindredError('FIELD_INVALID', 'parameters.subword_shortest', message);
  }
  const most = Math.floor(mostBucketValues / parameters.dimensions);
  if (subwords.buckets > most) {
    const message = `The vectors of n-grams need at most 1 GiB; give parameters.subword_buckets of at most ${most}, or fewer dimensions`;
    throw new KindredError('FIELD_INVALID', 'parameters.subword_buckets', message);
  }
}

function check(name: string, value: number, [low, high, whole]: readonly [number, number, boolean]): void {
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return;
  const field = `parameters.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  const kind = whole ? 'a whole number' : 'a number';
  throw new KindredError('FIELD_INVALID', field, `${field} is ${value}; give ${kind} from ${low} to ${high}`);
}
