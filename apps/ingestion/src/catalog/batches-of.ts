/**
 * Groups a stream into batches of at most `most`, waiting at most `lingerMs` after the first element of a batch.
 * Reads ahead by one element only, so the sender feels the consumer's pace.
 */
export async function* batchesOf<Element>(
  source: AsyncIterable<Element>,
  most: number,
  lingerMs: number,
): AsyncGenerator<Element[]> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  let batch: Element[] = [];
  for (;;) {
    const arrived = batch.length === 0 ? await next : await orTimeout(next, lingerMs);
    if (arrived === undefined || batch.length >= most) {
      yield batch;
      batch = [];
    }
    if (arrived === undefined) continue;
    if (arrived.done) break;
    batch.push(arrived.value);
    next = iterator.next();
  }
  if (batch.length > 0) yield batch;
}

async function orTimeout<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
