import { type JudgedQuery, KindredError, type ModelComparison } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { ModelPool } from '@kindred/embedder';
import { bootstrapInterval, mean, ndcgAt } from '@kindred/ranking';
import {
  addMetrics,
  type CollectionDirectory,
  type CollectionRow,
  type ModelTable,
  readRecentQueries,
  readRoles,
  Search,
} from '@kindred/vector-index';
import { refOf } from './wire.ts';

const depth = 10;

export interface ComparedModels {
  left: ModelTable;
  right: ModelTable;
}

interface Outcome {
  ids: string[];
  milliseconds: number;
}

/** Searches the same with two models, beside the searches of others. */
export class CompareService {
  private readonly search: Search;

  constructor(
    private readonly database: Database,
    collections: CollectionDirectory,
    models: ModelPool,
  ) {
    this.search = new Search(database, collections, {
      // Not cached: what a query costs is part of the comparison.
      embed: async (tenant, table, input, signal) => {
        const model = await models.registered(tenant, table);
        const [vector] = await model.embed([input], 'query', signal);
        return { model: model.identity, vector: vector! };
      },
    });
  }

  /** The active model and the one on its way in or out, unless others are named. */
  async sides(collection: CollectionRow, named: Partial<ComparedModels>): Promise<ComparedModels> {
    const roles = await this.database.transaction({ tenant: collection.tenant, readOnly: true }, (sql) =>
      readRoles(sql, collection.collectionId),
    );
    const of = (...wanted: string[]) => roles.find(({ role }) => wanted.includes(role))?.model;
    const left = named.left ?? of('active');
    const right = named.right ?? of('next') ?? of('previous');
    const field = left ? 'right' : 'left';
    if (!left || !right) throw notThere(collection, field);
    for (const [side, model] of Object.entries({ left, right })) {
      if (!roles.some((role) => role.model.table === model.table)) throw notThere(collection, side, model);
    }
    return { left, right };
  }

  /** Recent queries and judged ones, by meaning alone: words find the same with every model. */
  async compare(
    collection: CollectionRow,
    { left, right }: ComparedModels,
    { judged, recent }: { judged: readonly JudgedQuery[]; recent: number },
    signal: AbortSignal,
  ): Promise<ModelComparison> {
    const asked = await this.database.transaction({ tenant: collection.tenant, readOnly: true }, (sql) =>
      readRecentQueries(sql, collection.collectionId, recent),
    );
    const texts = [...judged.map(({ text }) => text), ...asked];
    if (texts.length === 0) {
      const message = `Nobody has searched "${collection.name}" yet; give judged queries`;
      throw new KindredError('FIELD_MISSING', 'judged', message);
    }
    const outcomes: { left: Outcome; right: Outcome }[] = [];
    // One after the other, first this side and then that one first: neither always meets warm caches.
    for (const [at, text] of texts.entries()) {
      const ask = (model: ModelTable) => this.ask(collection, model, text, signal);
      if (at % 2 === 0) outcomes.push({ left: await ask(left), right: await ask(right) });
      else outcomes.push({ right: await ask(right), left: await ask(left) });
    }
    const judgement = await this.judge(collection, { left, right }, judged, outcomes);
    return {
      left: refOf(left),
      right: refOf(right),
      queries: texts.length,
      judgedQueries: judged.length,
      overlapAt10: mean(outcomes.map((one) => overlap(one.left.ids, one.right.ids))),
      ...judgement,
      leftP50Ms: quantile(outcomes, 'left', 0.5),
      leftP95Ms: quantile(outcomes, 'left', 0.95),
      rightP50Ms: quantile(outcomes, 'right', 0.5),
      rightP95Ms: quantile(outcomes, 'right', 0.95),
    };
  }

  private async judge(
    { tenant, name }: CollectionRow,
    { left, right }: ComparedModels,
    judged: readonly JudgedQuery[],
    outcomes: { left: Outcome; right: Outcome }[],
  ) {
    const pairs = judged.flatMap(({ grades }, at) => {
      const byId = new Map(Object.entries(grades));
      const [one, other] = [outcomes[at]!.left, outcomes[at]!.right].map(({ ids }) => ndcgAt(depth, ids, byId));
      return one === undefined || other === undefined ? [] : [{ left: one, right: other }];
    });
    if (pairs.length === 0) return {};
    const difference = bootstrapInterval(pairs.map((pair) => pair.right - pair.left));
    const leftNdcgAt10 = mean(pairs.map((pair) => pair.left));
    const rightNdcgAt10 = mean(pairs.map((pair) => pair.right));
    await this.database.transaction({ tenant }, async (sql) => {
      await addMetrics(sql, left, { [`ndcg@10 ${name}`]: leftNdcgAt10 });
      await addMetrics(sql, right, { [`ndcg@10 ${name}`]: rightNdcgAt10 });
    });
    const interval = { ndcgDifferenceLow: difference.low, ndcgDifferenceHigh: difference.high };
    return { leftNdcgAt10, rightNdcgAt10, ...interval };
  }

  private async ask(
    { tenant, name: collection }: CollectionRow,
    model: ModelTable,
    text: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const start = performance.now();
    const { hits } = await this.search.query({
      tenant,
      collection,
      by: { kind: 'text', text },
      mode: 'dense',
      model,
      limit: depth,
      payload: false,
      signal,
    });
    return { ids: hits.map((hit) => hit.itemId), milliseconds: performance.now() - start };
  }
}

function notThere({ name }: CollectionRow, field: string, model?: ModelTable): KindredError {
  const what = model ? `of ${model.name} ${model.version}` : 'of a second model';
  const message = `"${name}" has no vectors ${what}; begin with StartMigration`;
  return new KindredError('MIGRATION_NOT_POSSIBLE', field, message);
}

/** Share of the longer list that the other has too; two empty ones are alike. */
function overlap(left: readonly string[], right: readonly string[]): number {
  const most = Math.max(left.length, right.length);
  return most === 0 ? 1 : left.filter((id) => right.includes(id)).length / most;
}

function quantile(outcomes: readonly { left: Outcome; right: Outcome }[], side: 'left' | 'right', share: number) {
  const sorted = outcomes.map((one) => one[side].milliseconds).sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
