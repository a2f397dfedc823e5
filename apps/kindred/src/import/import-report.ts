import { appendFileSync, writeFileSync } from 'node:fs';
import { count, plural } from '../output/format.ts';
import type { BadRow } from './source-row.ts';

/** Bad rows that are kept for the terminal and --json; --errors takes them all. */
const kept = 20;

/** Counts what went in and remembers why the rest did not. */
export class ImportReport {
  accepted = 0;
  stale = 0;
  rejected = 0;
  readonly bad: BadRow[] = [];

  constructor(private readonly errorsFile?: string) {
    if (errorsFile !== undefined) writeFileSync(errorsFile, '');
  }

  reject(row: BadRow): void {
    this.rejected += 1;
    if (this.bad.length < kept) this.bad.push(row);
    if (this.errorsFile !== undefined) appendFileSync(this.errorsFile, `${JSON.stringify(row)}\n`);
  }

  get done(): number {
    return this.accepted + this.stale + this.rejected;
  }

  /** Lines for people. */
  lines(what: string, target: string, seconds: number): string[] {
    const bad = this.bad.map(
      ({ line, field, reason }) => `  line ${line}: ${field === '' ? '' : `${field}: `}${reason}`,
    );
    const more = this.rejected - this.bad.length;
    const rest =
      more > 0
        ? [
            `  and ${count(more)} more${this.errorsFile ? `; all are in ${this.errorsFile}` : ' (--errors <file> writes them all)'}`,
          ]
        : [];
    const stale = this.stale > 0 ? `, ${plural(this.stale, 'was', 'were')} older than what is stored` : '';
    return [
      ...(this.rejected > 0 ? [`${plural(this.rejected, 'row')} refused:`, ...bad, ...rest] : []),
      `${plural(this.accepted, what)} into ${target} in ${seconds.toFixed(1)} s${stale}`,
    ];
  }
}
