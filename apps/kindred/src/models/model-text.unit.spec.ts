import { Migration, MigrationState, ModelComparison, ModelRole, PlanMigrationResponse } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { modelOf, vectorStatusOf } from '../../../../libs/client/src/fake-models.fake.spec.ts';
import { commandLine } from '../output/command-line.ts';
import { FakeTerminal } from '../output/fake-terminal.fake.spec.ts';
import { bytes, longTime, rate } from '../output/format.ts';
import { toJson } from '../output/json.ts';
import { vectorsText } from '../vectors/vectors-text.ts';
import { comparisonText } from './comparison-text.ts';
import { MigrationView, progressText } from './migration-view.ts';
import { modelsTable, modelText } from './model-text.ts';
import { planText } from './plan-text.ts';

/** Terminal cells, for what these tests use. */
const cells = (text: string) =>
  [...text].reduce((sum, char) => sum + (/[\u1100-\u11ff\u3000-\ud7ff]/.test(char) ? 2 : 1), 0);

/** The cell in which a part of a line begins. */
const cellOf = (line: string, part: string) => cells(line.slice(0, line.indexOf(part)));

const korean = { name: '한국어-모델', version: '2' };
const english = { name: 'kindred-text', version: '1' };

describe('the table of models', () => {
  it('aligns Korean names of models and collections', () => {
    const models = [modelOf(english, { collections: ['movies'] }), modelOf(korean, { collections: ['상품', '기사'] })];
    const lines = modelsTable(models).split('\n');
    for (const part of ['onnx', '384', 'registered', '1970']) {
      expect(cellOf(lines[1]!, part)).toBe(cellOf(lines[2]!, part));
    }
    expect(lines[2]).toContain('상품, 기사');
  });

  it('and a model alone shows its parameters, metrics and vectors', () => {
    const more = { parameters: { queryPrefix: '질문: ', threads: 2 }, metrics: { 'ndcg@10': 0.613 }, dataset: '가을' };
    const text = modelText(modelOf(korean, more), [vectorStatusOf({ model: korean })]);
    for (const part of ['queryPrefix  "질문: "', 'threads      2', 'ndcg@10  0.613', '가을', '1f'.repeat(32)]) {
      expect(text).toContain(part);
    }
    expect(modelText(modelOf(korean), [])).not.toMatch(/parameters|metrics|vectors|dataset/);
  });
});

const plan = PlanMigrationResponse.fromPartial({
  from: english,
  to: modelOf(korean),
  items: 19_406n,
  inputs: 18_201n,
  characters: 1_234_567n,
  inputsPerSecond: 412.4,
  estimatedSeconds: 45,
  vectorBytes: 29_807_616n,
});

describe('a plan', () => {
  it('says in aligned lines what it takes', () => {
    const lines = planText('상품', plan).split('\n');
    expect(lines).toEqual([
      'Another model for 상품',
      'from            kindred-text@1',
      'to              한국어-모델@2 (onnx, 384 dimensions, float32)',
      'rows            19,406 that get a vector',
      'texts to embed  18,201, equal ones once',
      'characters      1,234,567',
      'measured rate   412 texts/s, of a sample embedded now',
      'estimated time  45 s',
      'estimated cost  none: the provider has no price',
      'vectors         29.8 MB',
    ]);
  });

  it('takes longer under a ceiling, and has a price where the provider has', () => {
    const text = planText('상품', { ...plan, estimatedCost: 0.0247 }, 100);
    expect(text).toContain('estimated time  3 min 15 s');
    expect(text).toContain('highest rate    100 items/s');
    expect(text).toContain('estimated cost  0.025, in the currency');
    expect(planText('상품', { ...plan, estimatedCost: 0 }, 1_000)).toMatch(/45 s\nestimated cost {2}0\.00,/);
    expect(planText('상품', { ...plan, from: undefined, inputsPerSecond: 0 })).toMatch(/from +none/);
  });
});

const comparison = ModelComparison.fromPartial({
  left: english,
  right: korean,
  queries: 250,
  judgedQueries: 50,
  overlapAt10: 0.6254,
  leftNdcgAt10: 0.412,
  rightNdcgAt10: 0.39,
  ndcgDifferenceLow: -0.051,
  ndcgDifferenceHigh: 0.008,
  leftP50Ms: 3.1,
  leftP95Ms: 6.2,
  rightP50Ms: 14.4,
  rightP95Ms: 1_260,
});

describe('a comparison', () => {
  it('puts both models beside one another, aligned', () => {
    const [heading, head, ...lines] = comparisonText(comparison).split('\n');
    expect(heading).toBe('250 queries, 50 of them judged');
    expect(head).toContain('한국어-모델@2');
    const ends = lines.slice(0, 3).map(cells);
    expect(new Set([cells(head!), ...ends]).size).toBe(1);
    expect(lines[0]).toMatch(/^nDCG@10 +0\.412 +0\.390$/);
    expect(lines[2]).toMatch(/6\.2 ms +1\.3 s$/);
    expect(lines[3]).toContain('overlap@10 0.625');
    expect(lines[4]).toBe('nDCG@10 −0.022, 95 % −0.051 to +0.008: these queries show no difference');
  });

  it('calls a model better or worse only where the interval leaves no doubt', () => {
    expect(comparisonText({ ...comparison, ndcgDifferenceHigh: -0.001 })).toContain('한국어-모델@2 is worse');
    expect(comparisonText({ ...comparison, ndcgDifferenceLow: 0.001, rightNdcgAt10: 0.5 })).toContain('is better');
  });

  it('has no nDCG without judged queries, and nothing without any', () => {
    const none = { leftNdcgAt10: undefined, rightNdcgAt10: undefined, judgedQueries: 0 };
    const text = comparisonText({ ...comparison, ...none });
    expect(text).not.toContain('nDCG');
    expect(text).toContain('none of them judged');
    expect(comparisonText(ModelComparison.fromPartial({}))).toContain('--judged <file>');
  });
});

describe('a migration on its way', () => {
  it('shows counts, rate and what is left', () => {
    const migration = Migration.fromPartial({ items: 19_406n, done: 1_234n, refused: 2n, itemsPerSecond: 4.12 });
    expect(progressText({ ...migration, remainingSeconds: 4_410 })).toBe(
      '1,234 of 19,406 · 4.1 items/s · 1 h 13 min left · 2 refused',
    );
    expect(progressText({ ...migration, refused: 0n, itemsPerSecond: 0 })).toBe('1,234 of 19,406');
  });

  it('says a state once, and again when the reason changes', () => {
    const terminal = new FakeTerminal();
    const view = new MigrationView(terminal);
    const waiting = Migration.fromPartial({
      state: MigrationState.MIGRATION_STATE_WAITING,
      reason: '요청이 너무 많음',
    });
    for (const reason of [waiting.reason, waiting.reason, 'wrong key']) view.show({ ...waiting, reason });
    expect(terminal.log).toEqual([
      '! waiting: 요청이 너무 많음. It is tried again by itself',
      '! waiting: wrong key. It is tried again by itself',
    ]);
  });
});

describe('the status of vectors', () => {
  it('aligns Korean collections, and lists the newest refusal first', () => {
    const refusal = (itemId: string, ms: number) => ({ itemId, reason: '그림이 아님', refusedAt: new Date(ms) });
    const refusals = [refusal('상품-1', 0), refusal('상품-2', 1_000)];
    const next = { role: ModelRole.MODEL_ROLE_NEXT, model: korean, refused: 2n, missing: 2n, refusals };
    const text = vectorsText([vectorStatusOf({ collection: 'movies' }), vectorStatusOf(next)]);
    const lines = text.split('\n');
    expect(cellOf(lines[1]!, 'exact')).toBe(cellOf(lines[2]!, 'exact'));
    expect(lines[2]).toMatch(/상품 +text +한국어-모델@2 +next/);
    expect(text.indexOf('상품-2')).toBeLessThan(text.indexOf('상품-1'));
    expect(vectorsText([])).toBe('');
  });
});

describe('small things', () => {
  it('times, sizes and rates are short', () => {
    expect([0.2, 59, 60, 725, 12_000, Number.NaN, Number.POSITIVE_INFINITY].map(longTime)).toEqual([
      ...['1 s', '59 s', '1 min 0 s', '12 min 5 s', '3 h 20 min', 'unknown', 'unknown'],
    ]);
    expect([0n, 512n, 4_608n, 28_400_000n].map(bytes)).toEqual(['0 B', '512 B', '4.6 kB', '28.4 MB']);
    expect([0.52, 4.12, 9.96, 99.6, 1_412].map(rate)).toEqual(['0.5', '4.1', '10', '100', '1,412']);
  });

  it('commands to type next are quoted for a shell, without the key', () => {
    const address = process.env.KINDRED_ADDRESS || '127.0.0.1:50051';
    const options = { address, apiKey: 'secret' };
    expect(commandLine(['models', 'show', '한국어@2'], options)).toBe('kindred models show 한국어@2');
    expect(commandLine(['x', "it's"], { address: 'a:1' })).toBe(`kindred x 'it'\\''s' --address a:1`);
  });

  it('JSON names fields as the contract does', () => {
    expect(toJson({ overlapAt10: 1, leftP50Ms: 2, leftNdcgAt10: 3, parameters: { queryPrefix: '가' } })).toEqual({
      ...{ overlap_at_10: 1, left_p50_ms: 2, left_ndcg_at_10: 3 },
      parameters: { queryPrefix: '가' },
    });
  });
});
