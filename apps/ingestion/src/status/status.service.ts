import { type GetStatusResponse, type ServiceStatus, topics } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Messaging } from '@kindred/messaging';
import type { Readiness } from '@kindred/runtime';
import { type CollectionDirectory, collectionStatus } from '@kindred/vector-index';
import { readTotals } from './status.store.ts';

/** Who reads what, over all services: the lags of `status`. */
const consumers = [
  { group: 'ingestion', topic: topics.items.name },
  { group: 'ingestion', topic: topics.users.name },
  { group: 'ingestion', topic: topics.interactions.name },
  { group: 'embedding', topic: topics.itemChanges.name },
  { group: 'recommendation', topic: topics.userChanges.name },
];

export interface StatusSources {
  database: Database;
  messaging: Messaging;
  collections: CollectionDirectory;
  readiness: Readiness;
  /** HTTP base addresses of services in other processes, by name. */
  peers: Record<string, string>;
  version: string;
}

/** What an operator wants to see at a glance. */
export class StatusService {
  constructor(private readonly sources: StatusSources) {}

  async read(tenant: string): Promise<GetStatusResponse> {
    const { database, messaging, collections, version } = this.sources;
    const rows = await collections.list(tenant);
    const [lags, services] = await Promise.all([messaging.lag(consumers), this.services()]);
    const totals = await database.transaction({ tenant, readOnly: true }, readTotals);
    const statuses = await Promise.all(rows.map((row) => collectionStatus(database, row)));
    return {
      collections: statuses,
      lags: lags.map(({ group, topic, lag }) => ({ group, topic, lag: BigInt(lag) })),
      users: totals.users,
      interactions: totals.interactions,
      deadLetters: totals.dead_letters,
      robots: totals.robots,
      robotEvents: totals.robot_events,
      services,
      version,
      databaseDriver: database.driver,
      messageDriver: messaging.driver,
    };
  }

  private async services(): Promise<ServiceStatus[]> {
    const { checks } = await this.sources.readiness.report();
    const peers = Object.entries(this.sources.peers).map(([name, address]) => peerStatus(name, address));
    return [...checks, ...(await Promise.all(peers))];
  }
}

async function peerStatus(name: string, address: string): Promise<ServiceStatus> {
  try {
    const response = await fetch(new URL('/readyz', address), { signal: AbortSignal.timeout(2_000) });
    return { name, ready: response.ok, reason: response.ok ? '' : await response.text() };
  } catch (error) {
    return { name, ready: false, reason: `${address} does not answer: ${(error as Error).message}` };
  }
}
