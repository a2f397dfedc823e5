import type { KindredClient } from '@kindred/client';
import { type Migration, MigrationState } from '@kindred/contracts';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../output/terminal.ts';
import { MigrationView } from './migration-view.ts';
import { patientCalls } from './patient-calls.ts';

const pollMs = 1_000;
const over = new Set([MigrationState.MIGRATION_STATE_READY, MigrationState.MIGRATION_STATE_SWITCHED]);

/** Shows a migration until it is ready or switched, and returns it then. Rejects with the signal's reason. */
export async function followMigration(
  client: KindredClient,
  collection: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Migration> {
  const view = new MigrationView(terminal);
  const patiently = patientCalls({ note: (text) => view.note(text), pause: terminal.pause }, signal);
  try {
    for (;;) {
      const { migration } = await patiently(() => client.models.getMigration({ collection }, { signal }));
      if (!migration) throw new CliError(`the migration of ${collection} is gone: its new model was dropped`);
      view.show(migration);
      if (over.has(migration.state)) return migration;
      await terminal.pause(pollMs, signal);
    }
  } finally {
    view.stop();
  }
}
