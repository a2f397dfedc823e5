import { type TrainingRun, TrainRequest } from '@kindred/contracts';
import { seededRandom } from '@kindred/ranking';
import type { Cinema, Event } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';
import { TrainingService } from './training.service.ts';

export const films = Array.from({ length: 24 }, (_, at) => `film-${String(at).padStart(2, '0')}`);

/** As many kinds of people and films as there are tastes: even people like even films, odd people odd ones. */
export function twoTastes(people = 60, tastes = 2): Event[] {
  const random = seededRandom(5);
  const events: Event[] = [];
  for (let person = 0; person < people; person++) {
    for (let item = person % tastes; item < films.length; item += tastes) {
      if (random() < 0.6) events.push({ user: `user-${person}`, type: 'like', item: films[item]! });
    }
  }
  return events;
}

/** Trains factors of few dimensions on what people did. Resolves to the run as it ended. */
export async function trainCinema({ database, tenant }: Cinema, seed = 1): Promise<TrainingRun> {
  const settings = { dimensions: 8, epochs: 4, regularization: 0.02, seed };
  const request = TrainRequest.fromPartial({ collection: 'films', settings });
  const run = new TrainingService(database, settingsOf()).train(tenant, request, new AbortController().signal);
  for await (const { part } of run) if (part?.$case === 'result') return part.value;
  throw new Error('The run ended without a result');
}
