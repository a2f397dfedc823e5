import { FusionMethod, type Plan, type PlanStep } from '@kindred/contracts';
import type { ComposedQuery } from './composed-query.ts';
import type { ReadLeaf } from './plan-stages.ts';
import type { OnPool } from './rank-part.ts';

/** What ran, collected search by search. */
export class ComposedPlan {
  private readonly plans: Plan[] = [];
  /** Share of each collection's items that pass the query's filter; undefined where one is not known. */
  private readonly shares = new Map<string, number | undefined>();
  private readonly items = new Map<string, bigint>();
  private readonly steps: PlanStep[] = [];
  private readonly notes: string[] = [];
  private complete = true;
  private readonly start = performance.now();
  private last = this.start;

  constructor(private readonly query: ComposedQuery) {}

  /** What was done since the step before. */
  step(name: string): void {
    const now = performance.now();
    this.steps.push({ name, tookMs: now - this.last });
    this.last = now;
  }

  /** As the first step, with the embedding apart. */
  planned(leaves: readonly ReadLeaf[]): void {
    const embedMs = leaves.reduce((sum, { legs }) => sum + legs.embedMs, 0);
    this.step('plan');
    if (embedMs === 0) return;
    this.steps[0]!.tookMs -= embedMs;
    this.steps.push({ name: 'embed', tookMs: embedMs });
  }

  /** Names its legs "prefetch_0.dense" and says their collection where there are several. */
  readonly add: OnPool = (label, { plan }, { collection, read }) => {
    const where: Record<string, string> = this.query.collections.length > 1 ? { collection: collection.name } : {};
    const legs = plan.legs.map((leg) => ({
      ...leg,
      name: label === '' ? leg.name : `${label}.${leg.name}`,
      settings: { ...leg.settings, ...where },
    }));
    const named = [label, where.collection].filter(Boolean).join(' in ');
    const notes = [...read.notes, ...plan.notes].map((note) => (named === '' ? note : `${named}: ${note}`));
    this.plans.push({ ...plan, legs, notes });
    this.items.set(collection.name, plan.collectionItems);
    // Stages have filters of their own.
    if (!label.startsWith('prefetch')) this.shares.set(collection.name, plan.selectivity);
  };

  note(note: string, { complete = true } = {}): void {
    this.notes.push(note);
    this.complete &&= complete;
  }

  result(): Plan {
    const { stage } = this.query;
    const only = this.plans.length > 0 && stage.stages.length === 0 && !stage.mixed ? this.plans[0] : undefined;
    const rank = stage.rrfK !== undefined;
    return {
      legs: this.plans.flatMap(({ legs }) => legs),
      complete: this.complete && this.plans.length > 0 && this.plans.every(({ complete }) => complete),
      fusion: only?.fusion ?? (rank ? FusionMethod.FUSION_METHOD_RRF : FusionMethod.FUSION_METHOD_NORMALIZED),
      denseWeight: only?.denseWeight ?? 0,
      model: this.plans.find(({ model }) => model !== '')?.model ?? '',
      notes: [...new Set([...this.plans.flatMap(({ notes }) => notes), ...this.notes])],
      tookMs: performance.now() - this.start,
      collectionItems: [...this.items.values()].reduce((sum, items) => sum + items, 0n),
      steps: this.steps,
      recallEstimate: this.recallEstimate(),
      selectivity: this.selectivity(),
    };
  }

  /** The least of what each search expects. */
  private recallEstimate(): number | undefined {
    const known = this.plans.flatMap(({ recallEstimate }) => recallEstimate ?? []);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  private selectivity(): number | undefined {
    let items = 0;
    let passing = 0;
    for (const [collection, share] of this.shares) {
      if (share === undefined) return undefined;
      items += Number(this.items.get(collection));
      passing += share * Number(this.items.get(collection));
    }
    return items > 0 ? passing / items : undefined;
  }
}
