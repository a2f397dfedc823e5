import { refused } from './request-failure.ts';

interface Answer {
  data?: unknown;
  error?: unknown;
  usage?: { prompt_tokens?: unknown; total_tokens?: unknown };
}

interface Row {
  index?: unknown;
  embedding?: unknown;
}

/**
 * The vectors of an answer in the order of the request, L2-normalised. A PROVIDER_REFUSED says what is wrong with it;
 * its field is "inputs[n]" for the n-th text of the request where one vector is at fault.
 */
export function readEmbeddings(answer: unknown, count: number, dimensions: number | undefined): Float32Array[] {
  if (typeof answer === 'string') {
    const what = /<(!doctype|html)/i.test(answer) ? 'HTML' : 'text';
    throw refused('parameters.baseUrl', `the provider answered ${what}, not JSON; check baseUrl, which ends in "/v1"`);
  }
  const { data } = (answer ?? {}) as Answer;
  if (!Array.isArray(data)) {
    throw refused('parameters.baseUrl', 'the provider answered JSON without a list "data"; check baseUrl and model');
  }
  if (data.length !== count) {
    throw refused('', `the provider answered ${data.length} vectors for ${count} texts; nothing of them is kept`);
  }
  const rows = inOrder(data as Row[]);
  const vectors = rows.map((row, at) => readVector(row.embedding, at));
  const expected = dimensions ?? vectors[0]?.length;
  const wrong = vectors.findIndex((vector) => vector.length !== expected);
  if (wrong !== -1) {
    const message = `the provider answered ${vectors[wrong]!.length} dimensions, not ${expected}; correct dimensions or register another model`;
    throw refused('parameters.dimensions', message);
  }
  return vectors;
}

/** Tokens that the provider counted; 0 where it does not say. */
export function tokensOf(answer: unknown): number {
  const { usage } = (answer ?? {}) as Answer;
  const tokens = usage?.prompt_tokens ?? usage?.total_tokens;
  return typeof tokens === 'number' && Number.isFinite(tokens) && tokens > 0 ? tokens : 0;
}

/** By `index`; servers that give none answer in order. */
function inOrder(rows: readonly Row[]): Row[] {
  if (rows.every((row) => row?.index === undefined || row.index === null)) return [...rows];
  const ordered: Row[] = new Array(rows.length);
  for (const row of rows) {
    const at = row?.index as number;
    if (!Number.isInteger(at) || at < 0 || at >= rows.length || ordered[at]) {
      throw refused(
        '',
        `the provider numbered its vectors ${rows.map((each) => each?.index).slice(0, 8)}, not 0 to ${rows.length - 1}`,
      );
    }
    ordered[at] = row;
  }
  return ordered;
}

function readVector(embedding: unknown, at: number): Float32Array {
  const vector = typeof embedding === 'string' ? fromBase64(embedding) : fromNumbers(embedding);
  if (!vector || vector.length === 0) {
    throw refused(`inputs[${at}]`, `the provider answered neither numbers nor base64 for inputs[${at}]`);
  }
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) {
    throw refused(`inputs[${at}]`, `the provider answered a vector that is not finite for inputs[${at}]`);
  }
  if (squares === 0) throw refused(`inputs[${at}]`, `the provider answered a vector of zeros for inputs[${at}]`);
  const scale = 1 / Math.sqrt(squares);
  return vector.map((value) => value * scale);
}

function fromNumbers(embedding: unknown): Float32Array | undefined {
  if (!Array.isArray(embedding)) return undefined;
  // Float32Array.from would read null as 0.
  return Float32Array.from(embedding, (value) => (typeof value === 'number' ? value : Number.NaN));
}

/** Float32, little-endian. */
function fromBase64(embedding: string): Float32Array | undefined {
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}
