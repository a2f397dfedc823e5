import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { readPageEnd } from '../rebuild/rebuild.store.ts';
import { readRobots } from '../robots/robots.store.ts';
import type { Signals } from '../settings.ts';
import { readTrainingPairs, type TrainingSource } from './training-data.store.ts';
import { type TrainingData, TrainingPairs } from './training-data.ts';

const eventsPerPage = 20_000;

export interface ReadOptions {
  signals: Signals;
  robotEventsPerMinute: number;
}

/**
 * Everything a training works on. Robots are kept out. Throws TRAINING_NOT_POSSIBLE where it is too little to learn from.
 */
export async function readTrainingData(
  database: Database,
  source: TrainingSource,
  options: ReadOptions,
  heartbeat: () => Promise<void>,
): Promise<{ data: TrainingData; robots: number; robotEvents: number }> {
  const found = await readRobots(database, { ...source, perMinute: options.robotEventsPerMinute });
  const robots = found.map((robot) => robot.owner);
  const pairs = new TrainingPairs();
  const wanted = { tenant_id: source.tenant, collection_id: source.collectionId };
  for (let after = ''; ; ) {
    const to = await readPageEnd(database, wanted, after, eventsPerPage);
    if (to === undefined) break;
    for (const pair of await readTrainingPairs(database, source, { after, to, robots }, options.signals))
      pairs.add(pair);
    after = to;
    await heartbeat();
  }
  const data = pairs.data();
  checkEnough(data, robots.length);
  return { data, robots: robots.length, robotEvents: found.reduce((sum, { events }) => sum + events, 0) };
}

const least = { pairs: 20, people: 3, items: 3 };

function checkEnough({ pairs, heldOutPairs, userCount, itemIds }: TrainingData, robots: number): void {
  if (pairs >= least.pairs && userCount >= least.people && itemIds.length >= least.items) return;
  const all = `${pairs + heldOutPairs} pairs (${heldOutPairs} of them held out to measure by)`;
  const there = `${all} of ${userCount} people and ${itemIds.length} items`;
  const without = robots > 0 ? `, besides ${robots} robots` : '';
  const message =
    `There is too little to learn from: ${there}${without}. A training needs ${least.pairs} pairs without those held out, of ` +
    `${least.people} people and ${least.items} items. Record more interactions; until then neighbors and popularity answer`;
  throw new KindredError('TRAINING_NOT_POSSIBLE', 'collection', message);
}
