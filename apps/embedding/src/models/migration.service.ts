import { KindredError, type Migration, MigrationState, type PlanMigrationResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionModel, type CollectionRow, type InputKind, readRoles } from '@kindred/vector-index';
import { addModel, lockRoles } from '../vectors/collection-models.store.ts';
import type { Target } from '../vectors/target.ts';
import type { TargetDirectory } from '../vectors/target-directory.ts';
import type { VectorWriter } from '../vectors/vector-writer.ts';
import { measureExtent, type Progress, readProgress, sampleIds } from './migration.store.ts';
import type { KnownModel } from './model-registry.ts';
import { countRefusals } from './model-switch.store.ts';
import { modelOf, refOf } from './wire.ts';

/** Items embedded to know how fast it goes. */
const sampleSize = 32;
/** English has about four characters a token, Korean fewer than two: a guess to the careful side. */
const charactersPerToken = 3;

/** Moving a collection from one model to another while it is searched and written. */
export class MigrationService {
  constructor(
    private readonly database: Database,
    private readonly targets: TargetDirectory,
    private readonly writer: VectorWriter,
  ) {}

  /** What it would take. Embeds a small sample, and writes nothing. */
  async plan(collection: CollectionRow, to: KnownModel, signal: AbortSignal): Promise<PlanMigrationResponse> {
    const { from, kind } = await this.route(collection, to);
    const { tenant, collectionId } = collection;
    const scope = { tenant, readOnly: true, settings: { statement_timeout: '0' }, signal };
    const extent = await this.database.transaction(scope, (sql) => measureExtent(sql, collectionId, kind, to));
    const target: Target = { collection, kind, role: 'next', model: to, retryAt: null, automatic: false };
    const perSecond = await this.sample(target, signal);
    const price = Number(to.parameters.pricePerMillionTokens ?? Number.NaN);
    const tokens = Number(extent.characters) / charactersPerToken;
    return {
      from: refOf(from.model),
      to: modelOf(to),
      ...extent,
      inputsPerSecond: perSecond,
      estimatedSeconds: perSecond > 0 ? Number(extent.inputs) / perSecond : 0,
      estimatedCost: Number.isFinite(price) ? (tokens * price) / 1_000_000 : undefined,
      vectorBytes: extent.items * BigInt(to.dimensions * (to.element === 'halfvec' ? 2 : 4)),
    };
  }

  /** From now on live events go to both. Beginning the same again changes nothing. */
  async start(collection: CollectionRow, to: KnownModel, perSecond: number | undefined): Promise<Migration> {
    if (perSecond !== undefined && !(perSecond >= 0.1 && perSecond <= 1e6)) {
      const message = `items_per_second is ${perSecond}; leave it out, or give a number from 0.1 to 1000000`;
      throw new KindredError('FIELD_INVALID', 'items_per_second', message);
    }
    const { kind, next } = await this.route(collection, to);
    if (!next) {
      const { tenant, collectionId } = collection;
      await this.database.transaction({ tenant }, async (sql) => {
        await lockRoles(sql, collectionId, 'update');
        await addModel(sql, collectionId, { kind, role: 'next', model: to }, { rate: perSecond });
      });
    }
    return (await this.read(collection))!;
  }

  /** The migration under way, or the last one while the model before it is kept. */
  async read(collection: CollectionRow): Promise<Migration | undefined> {
    const { tenant, collectionId, name } = collection;
    return this.database.transaction({ tenant, readOnly: true }, async (sql) => {
      const roles = await readRoles(sql, collectionId);
      const other = roles.find(({ role }) => role === 'next') ?? roles.find(({ role }) => role === 'previous');
      const active = roles.find(({ kind, role }) => kind === other?.kind && role === 'active');
      if (!other || !active) return undefined;
      const [from, to] = other.role === 'next' ? [active, other] : [other, active];
      const progress = await readProgress(sql, collectionId, to.kind, other.role === 'next' ? 'next' : 'active');
      const refused = await countRefusals(sql, collectionId, to.model);
      const state = other.role === 'previous' ? MigrationState.MIGRATION_STATE_SWITCHED : stateOf(progress);
      return { collection: name, from: refOf(from.model), to: refOf(to.model), refused, state, ...paceOf(progress) };
    });
  }

  /** From which model, for what kind of input; refuses what cannot be. */
  private async route(collection: CollectionRow, to: KnownModel) {
    const roles = await this.targets.of(collection);
    const kind = kindOf(roles, to);
    const refuse = (why: string) => new KindredError('MIGRATION_NOT_POSSIBLE', 'to', `"${collection.name}" ${why}`);
    const from = roles.find((one) => one.kind === kind && one.role === 'active');
    if (!from) throw refuse(`has no model of ${kind} to migrate from; name one with PutCollection`);
    if (from.model.table === to.table) throw refuse(`is searched by ${to.name} ${to.version} already`);
    const others = roles.filter((one) => one.kind === kind && one.role !== 'active');
    const next = others.find((one) => one.role === 'next' && one.model.table === to.table);
    const other = others.find((one) => one !== next);
    if (!other) return { kind, from, next };
    const { name, version } = other.model;
    throw refuse(`still has vectors of ${name} ${version} (${other.role}); drop them with DropModel first`);
  }

  /** Inputs per second; 0 where there is nothing to embed. */
  private async sample(target: Target, signal: AbortSignal): Promise<number> {
    const { tenant, collectionId } = target.collection;
    const ids = await this.database.transaction({ tenant, readOnly: true }, (sql) =>
      sampleIds(sql, collectionId, sampleSize),
    );
    const [read] = ids.length === 0 ? [] : await this.writer.read([target], ids);
    const embed = read?.work.embed ?? [];
    if (embed.length === 0) return 0;
    const none = { touch: [], remove: [] };
    // The first use of a model loads it, which is no measure of its speed.
    await this.writer.prepare(target, { ...none, embed: embed.slice(0, 1) }, signal);
    const start = performance.now();
    await this.writer.prepare(target, { ...none, embed }, signal);
    return (embed.length / (performance.now() - start)) * 1_000;
  }
}

/** A model that takes several kinds of input replaces what pictures or sounds are searched by, where they are. */
function kindOf(roles: readonly CollectionModel[], { takes }: KnownModel): InputKind {
  const searched = roles.filter(({ role }) => role === 'active').map(({ kind }) => kind);
  return takes.find((kind) => kind !== 'text' && searched.includes(kind)) ?? takes[0]!;
}

function stateOf({ waiting, indexing, behind }: Progress): MigrationState {
  if (!behind) return MigrationState.MIGRATION_STATE_READY;
  if (waiting) return MigrationState.MIGRATION_STATE_WAITING;
  return indexing ? MigrationState.MIGRATION_STATE_INDEXING : MigrationState.MIGRATION_STATE_FILLING;
}

function paceOf({ items, done, per_second: perSecond, reason, started_at: startedAt }: Progress) {
  const left = Number(items - done);
  const remainingSeconds = perSecond ? left / perSecond : undefined;
  return { items, done, itemsPerSecond: perSecond ?? 0, remainingSeconds, reason, startedAt };
}
