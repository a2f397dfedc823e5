import { type CorpusChunk, KindredError } from '@kindred/contracts';
import type { CorpusFile } from '@kindred/embedder';

type AnyPart = { $case: string; value: unknown };
type HeaderOf<Part> = Extract<Part, { $case: 'header' }>;
type ContentOf<Part> = Exclude<Part, { $case: 'header' }>;

/** The header of a stream, and the parts that follow it. Throws a KindredError FIELD_MISSING where there is no header. */
export async function headerOf<Part extends AnyPart>(
  requests: AsyncIterable<{ part?: Part }>,
): Promise<{ header: HeaderOf<Part>['value']; rest: AsyncGenerator<ContentOf<Part>> }> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  const part = first.done ? undefined : first.value.part;
  if (part?.$case !== 'header') {
    throw new KindredError(
      'FIELD_MISSING',
      'header',
      'The first message must be the header; send it before any content',
    );
  }
  return { header: (part as HeaderOf<Part>).value, rest: contents(iterator) };
}

async function* contents<Part extends AnyPart>(
  iterator: AsyncIterator<{ part?: Part }>,
): AsyncGenerator<ContentOf<Part>> {
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    const { part } = next.value;
    if (part === undefined) continue;
    if (part.$case === 'header') {
      throw new KindredError('FIELD_INVALID', 'header', 'A second header came; send one, before all content');
    }
    yield part as ContentOf<Part>;
  }
}

/** The files whose chunks follow one another. Each must be read to its end before the next. */
export async function* filesOf(chunks: AsyncIterator<CorpusChunk>): AsyncGenerator<CorpusFile> {
  let next = await chunks.next();
  async function* bytesOf(name: string): AsyncGenerator<Uint8Array> {
    for (; !next.done && next.value.file === name; next = await chunks.next()) yield next.value.content;
  }
  while (!next.done) {
    const { file } = next.value;
    yield { name: file || 'corpus', chunks: bytesOf(file) };
  }
}

/** Passes values on, and throws FIELD_TOO_LARGE on `field` when their bytes together exceed `most`. */
export async function* atMost<Value>(
  values: AsyncIterable<Value>,
  sizeOf: (value: Value) => number,
  most: number,
  field: string,
): AsyncGenerator<Value> {
  let bytes = 0;
  for await (const value of values) {
    bytes += sizeOf(value);
    if (bytes > most) {
      throw new KindredError('FIELD_TOO_LARGE', field, `${field} has more than ${most} bytes; send a part of it`);
    }
    yield value;
  }
}
