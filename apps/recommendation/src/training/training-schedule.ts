import { KindredError, TrainRequest } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Repeated } from '../repeated.ts';
import type { Settings } from '../settings.ts';
import type { TrainingService } from './training.service.ts';
import { type DueTraining, readDueTrainings } from './training-schedule.store.ts';

const lookEveryMs = 60_000;

const keyOf = ({ tenant_id, collection }: DueTraining) => JSON.stringify([tenant_id, collection]);

/** Trains collections whose time has come, or whose interactions have moved on; one after the other. Off by default. */
export class TrainingSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly looks = new Repeated(
    () => this.runOnce(),
    (err) => this.log.warn({ err }, 'looking for due trainings failed; trying again'),
  );

  constructor(
    private readonly database: Database,
    private readonly trainings: TrainingService,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { trainEveryHours, trainDrift } = this.settings;
    if (trainEveryHours === 0 && trainDrift === 0) return;
    this.log.info({ everyHours: trainEveryHours, drift: trainDrift }, 'collections are trained by schedule');
    this.looks.start(lookEveryMs);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.looks.stop();
  }

  /** Trains what is due now, each collection once; returns how many runs ended well. */
  async runOnce(): Promise<number> {
    const { trainEveryHours, trainDrift } = this.settings;
    const tried = new Set<string>();
    let trained = 0;
    while (!this.looks.signal.aborted) {
      // Looked for anew each time: while one was trained, another process may have trained the next.
      const due = await readDueTrainings(this.database, trainEveryHours, trainDrift);
      const next = due.find((one) => !tried.has(keyOf(one)));
      if (!next) break;
      tried.add(keyOf(next));
      if (await this.trainOne(next)) trained += 1;
    }
    return trained;
  }

  /** A training that fails is noted in its run, and due again when its time comes. */
  private async trainOne({ tenant_id: tenant, collection, resume }: DueTraining): Promise<boolean> {
    const { signal } = this.looks;
    this.log.info({ tenant, collection, resume }, 'training as scheduled');
    try {
      const request = TrainRequest.fromPartial({ collection, resume: resume ?? 0n });
      for await (const { part } of this.trainings.train(tenant, request, signal, { scheduled: true })) {
        if (part?.$case === 'result')
          this.log.info({ tenant, collection, state: part.value.state }, 'trained as scheduled');
      }
      return true;
    } catch (error) {
      if (error instanceof KindredError && error.code === 'TRAINING_RUNNING') {
        this.log.info({ tenant, collection }, 'another process began the scheduled training first');
      } else if (!signal.aborted) this.log.warn({ tenant, collection, err: error }, 'a scheduled training failed');
      return false;
    }
  }
}
