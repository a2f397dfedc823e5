import {
  KindredError,
  SentenceUnit,
  type TrainingParameters as TrainingParametersMessage,
  WordFileFormat,
} from '@kindred/contracts';
import {
  checkTraining,
  defaultTraining,
  type WordFileFormat as FileFormat,
  type TrainingParameters,
} from '@kindred/embedder';

/** Bytes of text a training takes, and threads it may use. */
export const trainingLimits = { corpusBytes: 1024 ** 3 } as const;

/** Checked parameters, with defaults for what is absent. */
export function parametersOf(message: TrainingParametersMessage | undefined): TrainingParameters {
  const { unit, subwordBuckets, subwordShortest, subwordLongest, ...given } = message ?? {};
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const defaults = defaultTraining.subwords!;
  const subwords = {
    ...defaults,
    buckets: subwordBuckets ?? defaults.buckets,
    shortest: subwordShortest ?? defaults.shortest,
    longest: subwordLongest ?? defaults.longest,
  };
  const parameters: TrainingParameters = {
    ...defaultTraining,
    ...present,
    unit: unit === SentenceUnit.SENTENCE_UNIT_PARAGRAPH ? 'paragraph' : 'line',
    subwords: subwordBuckets === 0 ? undefined : subwords,
  };
  checkTraining(parameters);
  return parameters;
}

const nameShape = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export function checkedName(name: string, field: string): string {
  if (nameShape.test(name)) return name;
  const message = `${field} is "${name}"; give 1 to 64 of a-z, 0-9, "-" and "_", a letter or digit first`;
  throw new KindredError(name === '' ? 'FIELD_MISSING' : 'FIELD_INVALID', field, message);
}

const formats: Partial<Record<WordFileFormat, FileFormat>> = {
  [WordFileFormat.WORD_FILE_FORMAT_WORD2VEC_TEXT]: 'word2vec-text',
  [WordFileFormat.WORD_FILE_FORMAT_WORD2VEC_BINARY]: 'word2vec-binary',
  [WordFileFormat.WORD_FILE_FORMAT_FASTTEXT_VEC]: 'fasttext-vec',
};

export function formatOf(format: WordFileFormat, field: string): FileFormat {
  const found = formats[format];
  if (found) return found;
  const message = `${field} is missing; give WORD2VEC_TEXT, WORD2VEC_BINARY or FASTTEXT_VEC`;
  throw new KindredError('FIELD_MISSING', field, message);
}

/** 1 to 1,000; 0 means 10. */
export function limitOf(limit: number): number {
  if (limit >= 0 && limit <= 1_000) return limit || 10;
  throw new KindredError('LIMIT_OUT_OF_RANGE', 'limit', `limit is ${limit}; give 1 to 1000`);
}
