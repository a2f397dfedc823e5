import { type TrainingRun, TrainRequest } from '@kindred/contracts';
import type { Cinema } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';
import { TrainingService } from './training.service.ts';

/** Trains factors of few dimensions on what people did. Resolves to the run as it ended. */
export async function trainCinema({ database, tenant }: Cinema, seed = 1): Promise<TrainingRun> {
  const settings = { dimensions: 8, epochs: 4, regularization: 0.02, seed };
  const request = TrainRequest.fromPartial({ collection: 'films', settings });
  const run = new TrainingService(database, settingsOf()).train(tenant, request, new AbortController().signal);
  for await (const { part } of run) if (part?.$case === 'result') return part.value;
  throw new Error('The run ended without a result');
}
