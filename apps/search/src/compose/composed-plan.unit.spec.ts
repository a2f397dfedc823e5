import { Plan } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { ComposedPlan } from './composed-plan.ts';

type Added = [label: string, collection: string, plan: Partial<Plan>];

function planOf(...added: Added[]): Plan {
  const collections = [...new Set(added.map(([, collection]) => collection))];
  const plan = new ComposedPlan({ collections, stage: { stages: [], mixed: true } } as never);
  for (const [label, name, figures] of added) {
    const pool = { plan: Plan.fromPartial({ complete: true, ...figures }) };
    plan.add(label, pool as never, { collection: { name }, read: { notes: [] } } as never);
  }
  return plan.result();
}

describe('the plan of a composed query', () => {
  it('expects of the recall the least that one of its searches expects', () => {
    const found = planOf(['part_0', 'shop', { recallEstimate: 0.95 }], ['part_1', 'shop', { recallEstimate: 0.9 }]);
    expect(found.recallEstimate).toBe(0.9);
    expect(planOf(['', 'shop', {}], ['prefetch_0', 'shop', { recallEstimate: 1 }]).recallEstimate).toBe(1);
    expect(planOf(['', 'shop', {}]).recallEstimate).toBeUndefined();
  });

  it('weighs what passes the filter by the items of each collection, and leaves stages out', () => {
    const shop = { selectivity: 0.1, collectionItems: 300n };
    const outlet = { selectivity: 0.5, collectionItems: 100n };
    expect(planOf(['', 'shop', shop], ['', 'outlet', outlet]).selectivity).toBeCloseTo(0.2, 9);
    const staged: Added = ['prefetch_0', 'shop', { selectivity: 0.01, collectionItems: 300n }];
    expect(planOf(['', 'shop', shop], staged).selectivity).toBeCloseTo(0.1, 9);
    expect(planOf(staged).selectivity).toBeUndefined();
  });

  it('knows no share where that of one collection is not known', () => {
    const shop = { selectivity: 0.1, collectionItems: 300n };
    expect(planOf(['', 'shop', shop], ['', 'outlet', { collectionItems: 5n }]).selectivity).toBeUndefined();
    expect(planOf(['part_0', 'empty', { selectivity: 1, collectionItems: 0n }]).selectivity).toBeUndefined();
  });
});
