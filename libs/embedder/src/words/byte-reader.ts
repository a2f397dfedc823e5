/** Reads a stream of chunks piece by piece. */
export class ByteReader {
  private readonly source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  private held: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  private at = 0;
  /** Bytes handed out so far. */
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** Exactly `length` bytes; fewer only at the end of the stream. */
  async take(length: number): Promise<Buffer> {
    while (this.held.length - this.at < length && (await this.more())) {}
    return this.cut(Math.min(this.at + length, this.held.length));
  }

  /** Bytes before the next `end`, which is skipped; undefined at the end of the stream, or where none comes within `most` bytes. */
  async takeUntil(end: number, most: number): Promise<Buffer | undefined> {
    for (let from = this.at; ; ) {
      const found = this.held.indexOf(end, from);
      if (found !== -1) {
        const bytes = this.cut(found);
        this.at += 1;
        this.position += 1;
        return bytes;
      }
      const length = this.held.length - this.at;
      if (length > most || !(await this.more())) return undefined;
      from = this.at + length;
    }
  }

  /** Whether nothing is left. */
  async ended(): Promise<boolean> {
    return this.at === this.held.length && !(await this.more());
  }

  private cut(end: number): Buffer {
    const bytes = this.held.subarray(this.at, end);
    this.position += end - this.at;
    this.at = end;
    return bytes;
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.source.next();
    if (done) return false;
    this.held = Buffer.concat([this.held.subarray(this.at), value]);
    this.at = 0;
    return true;
  }
}
