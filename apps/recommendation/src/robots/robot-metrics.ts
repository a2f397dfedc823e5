import type { Database } from '@kindred/database';
import type { Log, Metrics } from '@kindred/runtime';
import { countRobots } from './robots.store.ts';

/** A gauge of the robots that are kept out, read at every scrape; without values while the database does not answer. */
export class RobotMetrics {
  constructor(metrics: Metrics, database: Database, log: Log) {
    const help = 'Robots that are kept out of what is made of events, by collection.';
    metrics.gauge('kindred_robots', help, ['collection'], async function () {
      this.reset();
      try {
        for (const { collection, robots } of await countRobots(database)) this.set({ collection }, robots);
      } catch (error) {
        log.warn({ err: error }, 'the robots could not be counted for the metrics');
      }
    });
  }
}
