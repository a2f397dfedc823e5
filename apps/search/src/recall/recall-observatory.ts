import { KindredError, type Plan, type PlanLeg } from '@kindred/contracts';
import { type Database, isOfReplica } from '@kindred/database';
import type { Log, Metrics } from '@kindred/runtime';
import { addLiveRecall, compared, type RecallProbe, type SearchRequest } from '@kindred/vector-index';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { addRecallSample } from './recall-sample.store.ts';
import { type Band, bandOf } from './selectivity-band.ts';

export interface ObservatoryOptions {
  /** Of the queries that an approximate index answered, 0-1; 0 for none. Until the planner knows them, all that may teach it. */
  share: number;
  /** 0 up to, but not, 1. */
  random?: () => number;
  /** Before a sample is looked at, and between two, milliseconds. */
  pauseMs?: number;
}

interface Waiting {
  request: SearchRequest;
  band: Band;
}

/** The planner goes by probes, or by other collections, until it knows this one's queries: it need not wait for a share of them. */
const teaches = ({ limit = compared }: SearchRequest, dense: PlanLeg, selectivity: number | undefined): boolean =>
  selectivity === undefined &&
  limit >= compared &&
  dense.method.startsWith('vector_hnsw') &&
  ['index', 'default'].includes(dense.settings.breadth_from!);

/** Beyond, samples are left out: what is measured is a share anyway. */
const mostWaiting = 20;
/** A probe's length times so many is the pause behind it: at most 2 % of one connection's time. */
const idleFactor = 50;
const leastPauseMs = 1_000;
const buckets = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

/**
 * Measures what approximate indexes miss of live queries: answers a sample of them again, by the index and exactly, in
 * one snapshot, one after the other beside the answers.
 */
export class RecallObservatory implements BeforeApplicationShutdown {
  private readonly waiting: Waiting[] = [];
  private readonly stopping = new AbortController();
  private readonly histogram;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private keeps = true;

  constructor(
    private readonly database: Database,
    private readonly recall: RecallProbe,
    metrics: Metrics,
    private readonly log: Log,
    private readonly options: ObservatoryOptions,
  ) {
    const help = 'Recall@10 of sampled queries by approximate indexes, against exact search of the same snapshot';
    this.histogram = metrics.histogram('kindred_recall', help, ['collection', 'band'], buckets);
  }

  /** Hears of every answer; remembers some. Never waits, never throws. */
  note(request: SearchRequest, { legs, selectivity }: Plan): void {
    const { share, random = Math.random, pauseMs = leastPauseMs } = this.options;
    const dense = legs.find(({ name, method }) => name === 'dense' && method !== 'vector_exact');
    if (share === 0 || !dense || (request.pageToken ?? '') !== '') return;
    const isAwaited = this.keeps && teaches(request, dense, selectivity);
    if (!isAwaited && random() >= share) return;
    if (this.waiting.length >= mostWaiting || this.stopping.signal.aborted) return;
    this.waiting.push({ request: { ...request, signal: this.stopping.signal }, band: bandOf(selectivity) });
    if (!this.running) this.schedule(pauseMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    this.stopping.abort(new Error('shutting down'));
    await this.running;
  }

  private schedule(ms: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer ??= setTimeout(() => this.look(), ms).unref();
  }

  private look(): void {
    this.timer = undefined;
    const next = this.waiting.shift();
    if (!next) return;
    const start = performance.now();
    this.running = this.observe(next).finally(() => {
      this.running = undefined;
      const { pauseMs = leastPauseMs } = this.options;
      if (this.waiting.length > 0) this.schedule(Math.max(pauseMs, idleFactor * (performance.now() - start)));
    });
  }

  private async observe({ request, band }: Waiting): Promise<void> {
    try {
      const probed = await this.recall.probe(request);
      if (!probed) return;
      this.histogram.observe({ collection: request.collection, band }, probed.recall);
      if (!this.keeps) return;
      const { collectionId, recall, byBreadth } = probed;
      await this.database.transaction({ tenant: request.tenant }, async (sql) => {
        await addRecallSample(sql, { collectionId, band, recall });
        if (byBreadth) await addLiveRecall(sql, collectionId, byBreadth.index, byBreadth.found);
      });
    } catch (error) {
      this.explain(error);
    }
  }

  private explain(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    if (isOfReplica(error)) {
      this.keeps = false;
      this.log.info({}, 'recall is measured but not kept: the database is a replica');
    } else if (error instanceof KindredError && error.code === 'COLLECTION_NOT_FOUND') {
      this.log.debug({}, 'a collection is gone whose recall was to be measured');
    } else this.log.warn({ err: error }, 'recall of a query was not measured');
  }
}
