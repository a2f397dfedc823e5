import { TrainRequest } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Repeated } from '../repeated.ts';
import type { Settings } from '../settings.ts';
import type { TrainingService } from './training.service.ts';
import { readDueTrainings } from './training-schedule.store.ts';

const lookEveryMs = 60_000;

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
    if (this.settings.trainEveryHours === 0 && this.settings.trainDrift === 0) return;
    this.looks.start(lookEveryMs);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.looks.stop();
  }

  /** Trains what is due now; returns how many runs ended well. */
  async runOnce(): Promise<number> {
    const { trainEveryHours, trainDrift } = this.settings;
    let trained = 0;
    for (const { tenant_id, collection } of await readDueTrainings(this.database, trainEveryHours, trainDrift)) {
      if (this.looks.signal.aborted) break;
      if (await this.trainOne(tenant_id, collection)) trained += 1;
    }
    return trained;
  }

  /** A training that fails is noted in its run, and due again when its time comes. */
  private async trainOne(tenant: string, collection: string): Promise<boolean> {
    try {
      const request = TrainRequest.fromPartial({ collection });
      for await (const { part } of this.trainings.train(tenant, request, this.looks.signal)) {
        if (part?.$case === 'result')
          this.log.info({ tenant, collection, state: part.value.state }, 'trained as scheduled');
      }
      return true;
    } catch (error) {
      if (!this.looks.signal.aborted) this.log.warn({ tenant, collection, err: error }, 'a scheduled training failed');
      return false;
    }
  }
}
