/** Microseconds since 1970, strictly increasing within the process: the revision of a write that brought none. */
export class RevisionClock {
  private last = 0n;

  next(): bigint {
    const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
    this.last = now > this.last ? now : this.last + 1n;
    return this.last;
  }
}
