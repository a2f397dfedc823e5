import { type KindredClient, modelName } from '@kindred/client';
import {
  type JudgedQuery,
  type Migration,
  MigrationState,
  type ModelComparison,
  type ModelRef,
  type PlanMigrationResponse,
} from '@kindred/contracts';
import { UsageError } from '../cli-error.ts';
import type { ConnectionOptions } from '../connection.ts';
import { commandLine } from '../output/command-line.ts';
import { enumName } from '../output/enum-name.ts';
import { plural } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { Interrupted, type Terminal } from '../output/terminal.ts';
import { comparisonText } from './comparison-text.ts';
import { followMigration } from './follow-migration.ts';
import { modelForJson } from './model-text.ts';
import { activateCommand, afterSwitch, migrateCommand } from './next-commands.ts';
import { planText } from './plan-text.ts';

export interface MigrateOptions extends ConnectionOptions {
  collection: string;
  to: ModelRef;
  rate?: number;
  judged?: string;
  switch?: boolean;
  yes?: boolean;
}

/** A plan embeds a sample and a comparison embeds every query, which a hosted model does slowly. Milliseconds. */
const slowestAnswerMs = 300_000;
export const patience = ({ timeout }: ConnectionOptions) => ({
  deadlineMs: Math.max(timeout * 1_000, slowestAnswerMs),
});

/** Plan, consent, filling, comparison and, where asked for, the switch. Run again, it attaches to what is under way. */
export class MigrateModel {
  private plan: PlanMigrationResponse | undefined;

  constructor(
    private readonly client: KindredClient,
    private readonly options: MigrateOptions,
    private readonly terminal: Terminal,
  ) {}

  async run(judged: JudgedQuery[]): Promise<void> {
    const running = await this.running();
    if (running) this.terminal.note(`a migration to ${modelName(running.to)} is under way: attached to it`);
    else await this.begin();
    const migration = await this.follow(running?.to);
    if (migration.refused > 0n) this.say(this.refusedText(migration.refused));
    if (migration.state === MigrationState.MIGRATION_STATE_SWITCHED) {
      for (const line of afterSwitch(this.options, migration.from)) this.say(line);
      return this.finish({ migration });
    }
    const comparison = await this.compare(migration, judged);
    if (this.options.switch) return this.activate(migration, comparison);
    this.say('\nnothing is switched yet; the next answer is the new model’s after');
    this.say(`  ${activateCommand(this.options, migration.refused > 0n)}`);
    this.finish({ migration, comparison });
  }

  /** The migration to the same model, unless it is over. */
  private async running(): Promise<Migration | undefined> {
    const { collection, to } = this.options;
    const { migration } = await this.client.models.getMigration({ collection });
    if (!migration || migration.state === MigrationState.MIGRATION_STATE_SWITCHED) return undefined;
    if (migration.to?.name !== to.name) return undefined;
    const version = to.version || (await this.client.models.getModel({ model: to })).model?.version;
    return migration.to.version === version ? migration : undefined;
  }

  private async begin(): Promise<void> {
    const { collection, to, rate, yes } = this.options;
    this.plan = await this.client.models.planMigration({ collection, to }, patience(this.options));
    this.say(planText(collection, this.plan, rate));
    if (!yes && !this.terminal.interactive) {
      throw new UsageError('nothing was started: a migration needs --yes where nobody can be asked');
    }
    if (!yes && !(await this.terminal.confirm('Fill the vectors? Searches stay as they are until the switch.'))) {
      throw new UsageError('nothing was started');
    }
    // The version of the plan, although a newer one may be registered meanwhile.
    const planned = this.plan.to ?? to;
    const ref = { name: planned.name, version: planned.version };
    await this.client.models.startMigration({ collection, to: ref, itemsPerSecond: rate });
  }

  private async follow(attached: ModelRef | undefined): Promise<Migration> {
    const { collection, to } = this.options;
    try {
      return await this.terminal.untilInterrupted((signal) =>
        followMigration(this.client, collection, this.terminal, signal),
      );
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      const again = migrateCommand(this.options, attached ?? this.plan?.to ?? to);
      throw new Interrupted(`\nstopped watching; the server goes on. To look again:\n  ${again}`);
    }
  }

  private async compare(migration: Migration, judged: JudgedQuery[]): Promise<ModelComparison | undefined> {
    if (modelName(migration.from) === '') {
      this.say('\nthere is no earlier model to compare with');
      return undefined;
    }
    const { collection } = this.options;
    const { from: left, to: right } = migration;
    const request = { collection, left, right, judged };
    const { comparison } = await this.client.models.compareModels(request, patience(this.options));
    if (comparison) this.say(`\n${comparisonText(comparison)}`);
    return comparison;
  }

  private async activate(migration: Migration, comparison: ModelComparison | undefined): Promise<void> {
    const { collection } = this.options;
    const answer = await this.client.models.activateModel({ collection, model: migration.to });
    this.say(`\nswitched: ${collection} is searched with ${modelName(answer.active)}`);
    for (const line of afterSwitch(this.options, answer.previous)) this.say(line);
    this.finish({ migration, comparison, ...answer });
  }

  private refusedText(refused: bigint): string {
    const why = commandLine(['vectors', 'status', '--collection', this.options.collection], this.options);
    return `${plural(refused, 'item')} refused by the model have no vector; why:\n  ${why}`;
  }

  private say(text: string): void {
    if (!this.options.json) this.terminal.print(text);
  }

  private finish(result: { migration: Migration } & Record<string, unknown>): void {
    if (!this.options.json) return;
    const state = enumName(MigrationState, result.migration.state, 'MIGRATION_STATE_');
    const plan = this.plan && { ...this.plan, to: this.plan.to && modelForJson(this.plan.to) };
    this.terminal.print(jsonText({ plan, ...result, migration: { ...result.migration, state } }));
  }
}
