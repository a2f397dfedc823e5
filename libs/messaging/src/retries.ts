import type { Tuning } from './options.ts';

interface Failure {
  attempts: number;
  /** Length of the failing batch: it comes back whole, and not longer. */
  size: number;
  reason: string;
}

/** Which partitions of a consumer keep failing, and how long each one waits before its next attempt. */
export class Retries {
  private readonly failures = new Map<string, Failure>();

  constructor(private readonly tuning: Pick<Tuning, 'retryFirst' | 'retryMost'>) {}

  /** Notes a failure; returns the wait in ms: exponential, with jitter from half of it to the whole. */
  failed(partition: string, size: number, error: unknown): number {
    const attempts = (this.failures.get(partition)?.attempts ?? 0) + 1;
    this.failures.set(partition, { attempts, size, reason: reasonOf(error) });
    const { retryFirst, retryMost } = this.tuning;
    const wait = Math.min(retryMost, retryFirst * 2 ** Math.min(attempts - 1, 30));
    return wait * (0.5 + Math.random() / 2);
  }

  succeeded(partition: string): void {
    this.failures.delete(partition);
  }

  /** Forgets partitions that this member no longer holds. */
  keepOnly(partitions: Iterable<string>): void {
    const kept = new Set(partitions);
    for (const partition of this.failures.keys()) if (!kept.has(partition)) this.failures.delete(partition);
  }

  /** Length of the batch that failed there last. */
  sizeOf(partition: string): number | undefined {
    return this.failures.get(partition)?.size;
  }

  /** The reason for people, or "" when nothing fails. */
  get reason(): string {
    const all = [...this.failures].map(
      ([partition, { attempts, reason }]) =>
        `${partition} failed ${attempts} ${attempts === 1 ? 'time' : 'times'}: ${reason}`,
    );
    return all.join('; ');
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
