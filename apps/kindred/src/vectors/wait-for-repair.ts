import type { KindredClient } from '@kindred/client';
import type { ModelRef, VectorStatus } from '@kindred/contracts';
import { patientCalls } from '../models/patient-calls.ts';
import { plural } from '../output/format.ts';
import type { Progress, Terminal } from '../output/terminal.ts';

const pollMs = 1_000;

export interface Scope {
  collection: string;
  model: ModelRef | undefined;
}

/** Shows what is left to repair until nothing is under way, and returns how the vectors are then. */
export async function waitForRepair(
  client: KindredClient,
  scope: Scope,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<VectorStatus[]> {
  let bar: Progress | undefined;
  const note = (text: string) => {
    bar?.stop();
    bar = undefined;
    terminal.note(text);
  };
  const patiently = patientCalls({ note, pause: terminal.pause }, signal);
  let most = 0;
  let reason = '';
  try {
    for (;;) {
      const { collection } = scope;
      const answer = await patiently(() => client.models.getVectorStatus({ collection }, { signal }));
      const vectors = answer.vectors.filter((row) => inScope(row, scope));
      if (!vectors.some((row) => row.reconciling)) return vectors;
      const failing = vectors.find((row) => row.reason !== '')?.reason ?? '';
      if (failing !== '' && failing !== reason) note(`waiting: ${failing}. It is tried again by itself`);
      reason = failing;
      const left = vectors.reduce((sum, row) => sum + toRepair(row), 0);
      most = Math.max(most, left);
      bar ??= terminal.progress('repairing');
      bar.update(most === 0 ? 1 : 1 - left / most, `${plural(left, 'vector')} left`);
      await terminal.pause(pollMs, signal);
    }
  } finally {
    bar?.stop();
  }
}

/** What is to be repaired; refused items stay as they are. */
export const toRepair = ({ missing, stale, orphaned, refused }: VectorStatus): number =>
  Math.max(0, Number(missing + stale - refused)) + Number(orphaned);

const inScope = (row: VectorStatus, { model }: Scope) =>
  model === undefined ||
  (row.model?.name === model.name && (model.version === '' || row.model.version === model.version));
