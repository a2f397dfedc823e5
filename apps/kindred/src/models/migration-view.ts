import { modelName } from '@kindred/client';
import { type Migration, MigrationState } from '@kindred/contracts';
import { count, longTime, rate } from '../output/format.ts';
import type { Progress, Terminal } from '../output/terminal.ts';

/** A line for each thing that changes, and a bar in between. */
export class MigrationView {
  private bar: Progress | undefined;
  private said = '';

  constructor(private readonly terminal: Pick<Terminal, 'note' | 'progress'>) {}

  show(migration: Migration): void {
    const line = stateLine(migration);
    if (line !== this.said) {
      this.note(line);
      this.said = line;
    }
    if (migration.state !== MigrationState.MIGRATION_STATE_FILLING) return;
    this.bar ??= this.terminal.progress('filling');
    this.bar.update(share(migration), progressText(migration));
  }

  /** The bar makes room; the next show() brings it back. */
  note(text: string): void {
    this.stop();
    this.terminal.note(text);
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

function stateLine({ state, collection, to, reason, items }: Migration): string {
  switch (state) {
    case MigrationState.MIGRATION_STATE_FILLING:
      return `filling the vectors of ${modelName(to)} for ${collection}`;
    case MigrationState.MIGRATION_STATE_INDEXING:
      return 'building the index';
    case MigrationState.MIGRATION_STATE_WAITING:
      return `waiting: ${reason || 'the model fails'}. It is tried again by itself`;
    case MigrationState.MIGRATION_STATE_READY:
      return `ready: ${count(items)} items`;
    case MigrationState.MIGRATION_STATE_SWITCHED:
      return `${collection} is searched with ${modelName(to)}`;
    default:
      return 'under way, in a state that this version of the command does not know';
  }
}

const share = ({ items, done, refused }: Migration) =>
  items === 0n ? 1 : Math.min(1, Number(done + refused) / Number(items));

/** 1,234 of 19,406 · 412 items/s · 44 s left · 2 refused. */
export function progressText(migration: Migration): string {
  const { items, done, refused, itemsPerSecond, remainingSeconds } = migration;
  const parts = [
    `${count(done)} of ${count(items)}`,
    itemsPerSecond > 0 ? `${rate(itemsPerSecond)} items/s` : '',
    remainingSeconds === undefined ? '' : `${longTime(remainingSeconds)} left`,
    refused === 0n ? '' : `${count(refused)} refused`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
