import { KindredError } from '@kindred/contracts';
import { type AlsSettings, type FactorModel, startFactors } from '@kindred/ranking';
import { AlsThreads } from './als-threads.ts';
import { shared, type TrainingData } from './training-data.ts';
import type { Checkpoint } from './training-run.store.ts';

export interface Epoch {
  epoch: number;
  loss: number;
  /** What was learned so far, ready for folding in; the array is the training's. */
  model: FactorModel;
  itemFactors: Float32Array;
}

/**
 * Trains in worker threads; yields after every epoch, the last of which is the result. With a checkpoint it goes on from there; items that it does not know
 * begin at random. Leaving the generator ends the threads. Throws TRAINING_NOT_POSSIBLE when the numbers stop being finite.
 */
export async function* trainFactors(
  data: TrainingData,
  settings: AlsSettings & { epochs: number },
  { threads, checkpoint }: { threads: number; checkpoint?: Checkpoint },
): AsyncGenerator<Epoch> {
  const { dimensions, epochs } = settings;
  const itemCount = data.itemIds.length;
  const state = {
    byUser: data.byUser,
    byItem: data.byItem,
    userFactors: shared(Float32Array, data.userCount * dimensions),
    itemFactors: startFactors(itemCount, settings, shared(Float32Array, itemCount * dimensions)),
  };
  if (checkpoint) restore(state.itemFactors, data.itemIds, checkpoint, dimensions);
  const pool = new AlsThreads(state, settings, threads);
  try {
    // A checkpoint of the last epoch leaves one to do: its spectrum was not kept.
    for (let epoch = Math.min(checkpoint?.epoch ?? 0, epochs - 1) + 1; epoch <= epochs; epoch++) {
      const { loss, spectrum } = await finite(() => pool.epoch());
      checkFinite(state.itemFactors, loss);
      const { unobserved, regularization, exponent } = settings;
      const model = { dimensions, unobserved, regularization, exponent, itemCount, spectrum };
      yield { epoch, loss, model, itemFactors: state.itemFactors };
    }
  } finally {
    await pool.close();
  }
}

function restore(into: Float32Array, itemIds: readonly string[], checkpoint: Checkpoint, dimensions: number): void {
  const rowOf = new Map(checkpoint.itemIds.map((id, row) => [id, row]));
  itemIds.forEach((id, item) => {
    const row = rowOf.get(id);
    if (row !== undefined) {
      into.set(checkpoint.factors.subarray(row * dimensions, (row + 1) * dimensions), item * dimensions);
    }
  });
}

/** What the solver refuses (RangeError) is a matter of the numbers, not of the program. */
async function finite<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw notFinite(error.message);
  }
}

function checkFinite(factors: Float32Array, value: number): void {
  if (!Number.isFinite(value) || !factors.every(Number.isFinite)) throw notFinite('some are NaN or infinite');
}

function notFinite(why: string): KindredError {
  const message = `The factors stopped being finite numbers (${why}); train with a larger regularization. The active model stays`;
  return new KindredError('TRAINING_NOT_POSSIBLE', 'settings.regularization', message);
}
