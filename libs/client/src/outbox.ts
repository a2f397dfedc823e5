/**
 * The requests of a stream in order. Until the first answer they are kept, so that the stream can begin again on a new
 * connection; the source itself is read once. One reader at a time.
 */
export class Outbox<Request> {
  private readonly iterator: Iterator<Request> | AsyncIterator<Request>;
  private readonly kept: Request[] = [];
  private position = 0;
  private pulling: Promise<IteratorResult<Request>> | undefined;
  private keeping = true;
  private exhausted = false;

  constructor(source: Iterable<Request> | AsyncIterable<Request>) {
    this.iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** The next request; the same one until `taken` is called. */
  async peek(): Promise<IteratorResult<Request>> {
    if (this.position < this.kept.length) return { value: this.kept[this.position]!, done: false };
    this.pulling ??= (async () => this.iterator.next())();
    const next = await this.pulling;
    if (next.done) this.exhausted = true;
    return next;
  }

  taken(request: Request): void {
    const isReplay = this.position < this.kept.length;
    if (!isReplay) this.pulling = undefined;
    if (isReplay && !this.keeping) this.kept.shift();
    else if (isReplay) this.position += 1;
    else if (this.keeping) this.position = this.kept.push(request);
  }

  /** Begins again with the first request. */
  rewind(): void {
    this.position = 0;
  }

  /** The first answer is here: what was sent is not needed any more. */
  stopKeeping(): void {
    if (!this.keeping) return;
    this.keeping = false;
    this.kept.splice(0, this.position);
    this.position = 0;
  }

  /** Tells a source that was not read to its end. Does not wait for one that is just being read: it may never answer. */
  async close(): Promise<void> {
    if (this.exhausted) return;
    const closing = (async () => this.iterator.return?.())();
    if (this.pulling === undefined) await closing;
    else closing.catch(() => 'the reader has gone, nobody is there to be told');
  }
}
