import type { Database, Sql } from '@kindred/database';
import { type BatchContext, groupBy } from '@kindred/messaging';
import { foldTaste, type TasteEvent } from '@kindred/ranking';
import { type ModelTable, readTextModels } from '@kindred/vector-index';
import type { Models } from '../models.ts';
import { markWanted } from '../rebuild/rebuild.store.ts';
import type { Settings } from '../settings.ts';
import { ItemVectors } from './item-vectors.ts';
import {
  lockOwners,
  type OwnJudgments,
  readJudgments,
  readOverdue,
  readWaiting,
  removeTastes,
  type TasteRow,
  upsertTastes,
} from './taste.store.ts';

/** Owners per transaction: it holds their locks, and in embedded mode the only session. */
const ownersPerTransaction = 25;

/** Keeps taste vectors true to the interaction rows: recomputed, never incremented, so nothing counts twice. */
export class TasteService {
  private readonly vectors = new ItemVectors();

  constructor(
    private readonly database: Database,
    private readonly models: Models,
    private readonly settings: Settings,
  ) {}

  /** Brings the tastes of these users and sessions up to date with the rows, in every collection. */
  async refresh(
    tenant: string,
    userIds: readonly string[],
    sessionIds: readonly string[],
    context?: BatchContext,
  ): Promise<void> {
    const parts = [
      ...chunks(userIds).map((users) => ({ users, sessions: [] })),
      ...chunks(sessionIds).map((sessions) => ({ users: [], sessions })),
    ];
    for (const { users, sessions } of parts) {
      context?.signal.throwIfAborted();
      await this.refreshChunk(tenant, users, sessions);
      await context?.heartbeat();
    }
  }

  /** Recomputes tastes whose items got their vectors only after the event, or that are of a model no longer searched. */
  async refreshOverdue(): Promise<number> {
    let refreshed = 0;
    for (const waiting of await readWaiting(this.database)) {
      const { tenant_id: tenant, collection_id: collectionId } = waiting;
      const model = await this.models.of({ tenant, collectionId });
      if (!model) continue;
      const owners = await readOverdue(this.database, tenant, model, collectionId, ownersPerTransaction);
      const users = owners.flatMap((owner) => owner.user_id || []);
      const sessions = owners.flatMap((owner) => (owner.user_id ? [] : owner.session_id));
      await this.refresh(tenant, users, sessions);
      refreshed += owners.length;
    }
    return refreshed;
  }

  private async refreshChunk(tenant: string, userIds: string[], sessionIds: string[]): Promise<void> {
    // Planning takes several times what running takes, and no parameter changes the plans.
    const settings = { plan_cache_mode: 'force_generic_plan' };
    await this.database.transaction({ tenant, settings }, async (sql) => {
      const owners = await lockOwners(sql, userIds, sessionIds);
      const judged = await readJudgments(sql, owners, this.settings.signals);
      const models = await readTextModels(sql, [...new Set(judged.map((row) => row.collection_id))]);
      const tastes = await this.fold(sql, models, judged);
      await removeTastes(sql, owners, [...tastes.values()].flat());
      for (const [model, rows] of tastes) await upsertTastes(this.database, sql, model, rows);
      await markWanted(sql, [...new Set(judged.map((row) => row.collection_id))]);
    });
  }

  private async fold(
    sql: Sql,
    models: ReadonlyMap<number, ModelTable>,
    judged: OwnJudgments[],
  ): Promise<Map<ModelTable, TasteRow[]>> {
    const tastes = new Map<ModelTable, TasteRow[]>();
    for (const [collectionId, rows] of groupBy(judged, (row) => row.collection_id)) {
      const model = models.get(collectionId);
      if (!model) continue;
      const itemIds = [...new Set(rows.flatMap((row) => row.judgments.map(([itemId]) => itemId)))];
      const vectors = await this.vectors.read(sql, model, collectionId, itemIds);
      const folded = rows.map((row) => tasteOf(row, vectors, this.settings.halfLifeEvents));
      tastes.set(model, [...(tastes.get(model) ?? []), ...folded]);
    }
    return tastes;
  }
}

function tasteOf(row: OwnJudgments, vectors: ReadonlyMap<string, Float32Array>, halfLife: number): TasteRow {
  const { user_id, session_id, collection_id, judgments } = row;
  const events: TasteEvent[] = [];
  const awaited: string[] = [];
  for (const [itemId, weight] of judgments) {
    const vector = vectors.get(itemId);
    if (vector) events.push({ vector, weight });
    else awaited.push(itemId);
  }
  // Knowing only what somebody dislikes is no taste: away from one item lies everything.
  const vector = events.some(({ weight }) => weight > 0) ? foldTaste(events, halfLife) : undefined;
  return { user_id, session_id, collection_id, events: events.length, awaited, vector };
}

function chunks(ids: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < ids.length; at += ownersPerTransaction) parts.push(ids.slice(at, at + ownersPerTransaction));
  return parts;
}
