import type { Database } from '@kindred/database';
import type { Log } from '@kindred/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Repeated } from '../repeated.ts';
import type { Settings } from '../settings.ts';
import { brokenGuardrails } from './broken-guardrails.ts';
import * as store from './experiment.store.ts';
import { pruneRecommended, readPrunable } from './recommended.store.ts';
import { countExperiment } from './results.store.ts';
import { armResults } from './results.ts';

const lookEveryMs = 60_000;
/** An experiment is looked at this often, by whichever process comes first; below the pause, so that each look finds it due. */
const checkSeconds = 50;
/** Counting may take a tenth of the time. */
const restPerSecond = 9;
const rowsPerDelete = 5_000;

/** Halts arms whose guardrails broke, and forgets old answers; from the start of the application until its shutdown. */
export class ExperimentWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly looks = new Repeated(
    () => this.runOnce(),
    (err) => this.log.warn({ err }, 'looking after experiments failed; trying again'),
  );

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.looks.start(lookEveryMs);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.looks.stop();
  }

  /** Looks at what nobody looked at for `seconds`; returns the arms that were halted. */
  async runOnce(seconds = checkSeconds): Promise<string[]> {
    await this.prune();
    const halted: string[] = [];
    for (const { tenant, collectionId, name } of await store.readUnchecked(this.database, seconds)) {
      if (this.looks.signal.aborted) break;
      halted.push(...(await this.check({ tenant, collectionId, name }, seconds)));
    }
    return halted;
  }

  private async check(
    { tenant, collectionId, name }: { tenant: string; collectionId: number; name: string },
    seconds: number,
  ): Promise<string[]> {
    const { database, settings } = this;
    const experiment = await database.transaction({ tenant }, (sql) =>
      store.claimUnchecked(sql, collectionId, name, seconds),
    );
    if (!experiment) return [];
    const start = performance.now();
    const from = { tenant, collectionId, signal: this.looks.signal };
    const counted = await countExperiment(database, from, experiment, settings.robotEventsPerMinute);
    const restSeconds = (restPerSecond * (performance.now() - start)) / 1_000;
    const broken = brokenGuardrails(experiment, armResults(experiment, counted));
    const halted = { ...experiment.halted, ...broken };
    await database.transaction({ tenant }, async (sql) => {
      await store.noteChecked(sql, collectionId, name, { halted: broken, restSeconds });
      if (experiment.arms.slice(1).some((arm) => halted[arm.name] === undefined)) return;
      await store.stopExperiment(sql, collectionId, name, 'Guardrails halted every arm but the control');
    });
    const arms = Object.keys(broken);
    if (arms.length === 0) return [];
    this.log.warn({ tenant, experiment: name, halted: broken }, 'guardrails halted arms of an experiment');
    return arms;
  }

  private async prune(): Promise<void> {
    for (const tenant of await readPrunable(this.database, this.settings.logDays)) {
      for (let gone = rowsPerDelete; gone === rowsPerDelete && !this.looks.signal.aborted; ) {
        gone = await this.database.transaction({ tenant }, (sql) =>
          pruneRecommended(sql, this.settings.logDays, rowsPerDelete),
        );
      }
    }
  }
}
