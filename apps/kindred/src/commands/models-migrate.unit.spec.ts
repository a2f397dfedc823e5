import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MigrationState } from '@kindred/contracts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { modelOf } from '../../../../libs/client/src/fake-models.fake.spec.ts';
import { refused } from '../../../../libs/client/src/refused.fake.spec.ts';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const folder = mkdtempSync(join(tmpdir(), 'kindred-judged-'));
const judged = join(folder, '평가.jsonl');
writeFileSync(judged, '{"query": "조용한 무선 마우스", "grades": {"S-001": 2, "S-002": 0}}\n');
afterAll(() => rmSync(folder, { recursive: true }));

const migrate = ['models', 'migrate', '--collection', '상품', '--to', '한국어-e5'];
const methods = () => server.calls.map((call) => call.method);
const away = () => ({ throws: refused('SHUTTING_DOWN', '', 'the server stops', 'UNAVAILABLE') });
const filling = { state: MigrationState.MIGRATION_STATE_FILLING, itemsPerSecond: 412.4 };
const waiting = { state: MigrationState.MIGRATION_STATE_WAITING, reason: 'embeddings.example: 429, 요청이 너무 많음' };

beforeEach(() => {
  server.models.models.set('한국어-e5@2', modelOf({ name: '한국어-e5', version: '2' }));
});

describe('kindred models migrate', () => {
  it('goes from plan over consent, progress, waiting and comparison to the switch', async () => {
    server.models.steps = [
      { ...filling, done: 1n, remainingSeconds: 95 },
      { ...waiting, done: 1n },
      { ...filling, done: 2n },
      { state: MigrationState.MIGRATION_STATE_INDEXING, done: 3n },
      { state: MigrationState.MIGRATION_STATE_READY, done: 3n },
    ];
    state.terminal.answers = [true];
    expect(await run(...migrate, '--rate', '50', '--judged', judged, '--switch')).toEqual({ code: 0, line: '' });
    const log = state.terminal.log.join('\n');
    const order = [
      '> Another model for 상품',
      '? Fill the vectors?',
      '! filling the vectors of 한국어-e5@2 for 상품',
      '# filling 33% 1 of 3 · 412 items/s · 1 min 35 s left',
      '! waiting: embeddings.example: 429, 요청이 너무 많음. It is tried again by itself',
      '# filling 67% 2 of 3',
      '! building the index',
      '! ready: 3 items',
      '201 queries, 1 of them judged',
      'overlap@10 0.625',
      'nDCG@10 +0.043, 95 % +0.012 to +0.071: 한국어-e5@2 is better',
      '> \nswitched: 상품 is searched with 한국어-e5@2',
      `kindred models rollback --collection 상품 --address ${server.address}`,
      `kindred models drop kindred-text@1 --collection 상품 --address ${server.address}`,
    ];
    const places = order.map((part) => log.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(state.terminal.barsOpen).toBe(0);
    expect(server.calls.find((call) => call.method === 'startMigration')?.request).toMatchObject({
      collection: '상품',
      to: { name: '한국어-e5', version: '2' },
      itemsPerSecond: 50,
    });
    expect(server.calls.find((call) => call.method === 'compareModels')?.request.judged).toEqual([
      { text: '조용한 무선 마우스', grades: { 'S-001': 2, 'S-002': 0 } },
    ]);
    expect(methods().at(-1)).toBe('activateModel');
  });

  it('leaves the switch to the person, and prints the command for it', async () => {
    server.models.steps = [{ state: MigrationState.MIGRATION_STATE_READY, done: 2n, refused: 1n }];
    await run(...migrate, '--yes');
    const text = state.terminal.printed.join('\n');
    expect(text).toContain(`  kindred models activate --collection 상품 --accept-refused --address ${server.address}`);
    expect(text).toContain('1 item refused by the model');
    expect(text).toContain('200 queries, none of them judged');
    expect(state.terminal.log.filter((line) => line.startsWith('?'))).toEqual([]);
    expect(methods()).not.toContain('activateModel');
  });

  it('starts nothing where the answer is no, or nobody can be asked', async () => {
    expect(await run(...migrate)).toMatchObject({ code: 2, line: expect.stringContaining('nothing was started') });
    state.terminal.interactive = false;
    expect(await run(...migrate)).toMatchObject({ code: 2, line: expect.stringContaining('--yes') });
    expect(state.terminal.printed.filter((text) => text.includes('texts to embed'))).toHaveLength(2);
    expect(methods()).not.toContain('startMigration');
  });

  it('outlasts a server that restarts', async () => {
    server.models.steps = [{ ...filling, done: 1n }, away(), away(), away(), away(), { ...filling, done: 2n }];
    server.models.steps.push({ state: MigrationState.MIGRATION_STATE_READY, done: 3n });
    expect(await run(...migrate, '--yes')).toMatchObject({ code: 0 });
    const notes = state.terminal.log.filter((line) => line.startsWith('! '));
    expect(notes.map((line) => line.slice(0, 28))).toEqual([
      '! filling the vectors of 한국어',
      '! the server does not answer',
      '! the server is back',
      '! ready: 3 items',
    ]);
    expect(notes[1]).toContain('SHUTTING_DOWN');
  });

  it('leaves the server working at Ctrl-C, and attaches again', async () => {
    server.models.steps = [{ ...filling, done: 1n }];
    state.terminal.interruptAtPause = 2;
    const again = `kindred models migrate --collection 상품 --to 한국어-e5@2 --address ${server.address}`;
    expect(await run(...migrate, '--yes')).toEqual({
      code: 130,
      line: `\nstopped watching; the server goes on. To look again:\n  ${again}`,
    });
    server.models.steps = [
      { ...filling, done: 2n },
      { state: MigrationState.MIGRATION_STATE_READY, done: 3n },
    ];
    state.terminal.interruptAtPause = 0;
    expect(await run(...migrate)).toMatchObject({ code: 0 });
    expect(state.terminal.log).toContain('! a migration to 한국어-e5@2 is under way: attached to it');
    expect(methods().filter((method) => method === 'startMigration')).toHaveLength(1);
    expect(methods().filter((method) => method === 'planMigration')).toHaveLength(1);
  });

  it('says what is wrong before anything starts', async () => {
    writeFileSync(judged.replace('평가', '오류'), '{"query": "마우스"}\n');
    const bad = await run(...migrate, '--yes', '--judged', judged.replace('평가', '오류'));
    expect(bad).toMatchObject({ code: 1, line: expect.stringContaining('line 1: grades must be an object') });
    const unknown = await run('models', 'migrate', '-c', '상품', '--to', 'bert', '--yes');
    expect(unknown).toMatchObject({ code: 1, line: expect.stringContaining('kindred models list shows') });
    expect(methods()).not.toContain('startMigration');
  });

  it('prints one JSON document with --json', async () => {
    await run(...migrate, '--yes', '--switch', '--json');
    expect(state.terminal.printed).toHaveLength(1);
    expect(JSON.parse(state.terminal.printed[0]!)).toMatchObject({
      plan: { inputs: 2, to: { name: '한국어-e5', state: 'registered' } },
      migration: { state: 'ready', done: 3 },
      comparison: { overlap_at_10: 0.625 },
      active: { name: '한국어-e5', version: '2' },
      previous: { name: 'kindred-text' },
    });
  });
});
