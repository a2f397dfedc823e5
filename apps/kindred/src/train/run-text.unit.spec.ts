import { FactorMetrics, FactorProgress, TrainingFacts, TrainingRun } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { factsText, progressText, runsTable, runText } from './run-text.ts';

const metrics = {
  ndcg10: 0.1234,
  recall20: 0.2,
  activeNdcg10: 0.15,
  differenceLow: -0.03,
  differenceHigh: -0.01,
  popularNdcg10: 0.05,
  people: 512n,
};
const kept = TrainingRun.fromPartial({
  run: 7n,
  collection: '영화',
  state: 'kept',
  reason: 'the active model is better: nDCG@10 0.150 against 0.123',
  metrics,
  settings: { dimensions: 64, epochs: 12 },
});

describe('The text of a training', () => {
  it('says before it starts what it learns from, what it takes, and which robots are kept out', () => {
    const facts = { users: 610n, items: 9_724n, pairs: 95_000n, heldOut: 4_800n, bytes: 61_000_001n };
    expect(factsText(TrainingFacts.fromPartial(facts))).toBe(
      'learns from 95,000 pairs of 610 people and 9,724 items; 4,800 pairs held out to measure by; takes 62 MB',
    );
    const robots = TrainingFacts.fromPartial({ ...facts, robots: 1n, robotEvents: 100_000n });
    expect(factsText(robots)).toContain('kept out 1 robot with 100,000 events');
  });

  it('shows epoch, loss and time left', () => {
    const at = FactorProgress.fromPartial({
      phase: 'training',
      epoch: 3,
      epochs: 12,
      loss: 21_234.5,
      ndcg: 0.2,
      secondsLeft: 18,
    });
    expect(progressText(at)).toBe('epoch 3/12 · loss 21234.5 · nDCG@10 0.2000 · ETA 18.0 s');
    expect(progressText({ ...at, epoch: 0 })).toBe('training');
    expect(progressText({ ...at, phase: 'searching', ndcg: 0.21 })).toBe('searching 3/12 · best nDCG@10 0.2100');
  });

  it('says that the active model was kept, why, and by how much it is better', () => {
    const text = runText(kept);
    expect(text).toContain('run 7 of 영화 was not taken over');
    expect(text).toContain('the active model is better');
    expect(text).toContain('difference -0.0300 to -0.0100 (95 %)');
    expect(runText({ ...kept, state: 'activated' })).toContain('run 7 of 영화 is active');
  });

  it('says what a model knows of items that it was not trained on', () => {
    const told = (explainedByTraits?: number) =>
      runText({ ...kept, metrics: FactorMetrics.fromPartial({ ...metrics, explainedByTraits }) });
    expect(told(0.243)).toMatch(/new items +what is known of them tells 24 % of their factors\n/);
    expect(told(-0.2)).toMatch(/new items +what is known of them tells nothing of their factors: they wait/);
    expect(told()).not.toContain('new items');
  });

  it('says of a run that nobody could judge that it was not compared', () => {
    const judgedByNobody = { ...kept, metrics: FactorMetrics.fromPartial({ people: 0n }) };
    const text = runText(judgedByNobody);
    expect(text).toMatch(/nDCG@10 +not compared: nobody has held-out events\n/);
    expect(text).not.toMatch(/0\.0000|active before|popularity/);
    expect(runsTable([judgedByNobody])).toMatch(/0\/12 +not compared /);
  });

  it('lists runs with their whole reasons before the names of datasets', () => {
    const table = runsTable([{ ...kept, dataset: `영화-train-20261130-${'a'.repeat(40)}` }]);
    expect(table).toContain('nDCG@10 0.150 against 0.123');
  });

  it('lists runs with the active one marked', () => {
    const table = runsTable([{ ...kept, state: 'activated', active: true, run: 8n }, kept]);
    expect(table).toMatch(/8\s+영화\s+active/);
    expect(table).toMatch(/7\s+영화\s+kept/);
    expect(table).not.toContain('schedule');
    expect(runsTable([{ ...kept, scheduled: true }, kept])).toMatch(/ by .*\n.* schedule .*\n/);
  });
});
