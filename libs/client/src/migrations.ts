import type {
  ActivateModelResponse,
  ModelComparison,
  PlanMigrationResponse,
  RollbackModelResponse,
} from '@kindred/contracts';
import type { CompareInput } from './inputs.ts';
import type { KindredClient } from './kindred-client.ts';
import { parseModelName } from './model-name.ts';
import { type MigrationInfo, migrationInfoOf, present } from './results.ts';
import type { CallOptions } from './transport.ts';

interface To {
  collection: string;
  /** "name" or "name@version". */
  to: string;
}

/** Another model for a collection, without downtime. Models are written "name" (its newest version) or "name@version". */
export interface Migrations {
  /** What it would take; embeds a sample and changes nothing. */
  plan(input: To, options?: CallOptions): Promise<PlanMigrationResponse>;
  /** Fills the new model's vectors in the background. `itemsPerSecond`: at most. */
  start(input: To & { itemsPerSecond?: number }, options?: CallOptions): Promise<MigrationInfo>;
  /** Undefined where none was begun, or the last one was dropped. */
  get(collection: string, options?: CallOptions): Promise<MigrationInfo | undefined>;
  compare(input: CompareInput, options?: CallOptions): Promise<ModelComparison>;
  /** The switch: the next answer is the new model's. Without `model`: the one that was filled. */
  activate(
    input: { collection: string; model?: string; acceptRefused?: boolean },
    options?: CallOptions,
  ): Promise<ActivateModelResponse>;
  rollback(collection: string, options?: CallOptions): Promise<RollbackModelResponse>;
  /** Deletes the vectors of a model that is not searched. Resolves to how many. */
  drop(input: { collection: string; model: string }, options?: CallOptions): Promise<bigint>;
}

const optional = (name: string | undefined) => (name === undefined ? undefined : parseModelName(name));

export function migrationsOf({ models }: KindredClient): Migrations {
  return {
    async plan({ collection, to }, options) {
      return models.planMigration({ collection, to: parseModelName(to) }, options);
    },
    async start({ to, ...rest }, options) {
      const answer = await models.startMigration({ ...rest, to: parseModelName(to) }, options);
      return migrationInfoOf(present(answer.migration, 'the migration'));
    },
    async get(collection, options) {
      const { migration } = await models.getMigration({ collection }, options);
      return migration && migrationInfoOf(migration);
    },
    async compare({ left, right, ...rest }, options) {
      const request = { ...rest, left: optional(left), right: optional(right) };
      return present((await models.compareModels(request, options)).comparison, 'the comparison');
    },
    async activate({ model, ...rest }, options) {
      return models.activateModel({ ...rest, model: optional(model) }, options);
    },
    async rollback(collection, options) {
      return models.rollbackModel({ collection }, options);
    },
    async drop({ collection, model }, options) {
      return (await models.dropModel({ collection, model: parseModelName(model) }, options)).deletedVectors;
    },
  };
}
