import type { KindredClient } from '@kindred/client';
import { IndexState, type VectorIndex } from '@kindred/contracts';
import { patientCalls } from '../models/patient-calls.ts';
import type { Progress, Terminal } from '../output/terminal.ts';

const pollMs = 1_000;

/** Shows how far indexes have come until none of the collection is being built, and returns how they are then. */
export async function waitForIndexes(
  client: KindredClient,
  collection: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<VectorIndex[]> {
  let bar: Progress | undefined;
  const note = (text: string) => {
    bar?.stop();
    bar = undefined;
    terminal.note(text);
  };
  const patiently = patientCalls({ note, pause: terminal.pause }, signal);
  try {
    for (;;) {
      const { indexes } = await patiently(() => client.models.listIndexes({ collection }, { signal }));
      const building = indexes.filter((row) => row.state === IndexState.INDEX_STATE_BUILDING);
      if (building.length === 0) return indexes;
      const shown = building.find((row) => row.total > 0n) ?? building[0]!;
      bar ??= terminal.progress('building');
      bar.update(shown.total === 0n ? 0 : Number(shown.done) / Number(shown.total), shown.phase || 'copying rows');
      await terminal.pause(pollMs, signal);
    }
  } finally {
    bar?.stop();
  }
}
