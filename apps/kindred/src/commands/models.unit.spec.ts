import { beforeEach, describe, expect, it } from 'vitest';
import { modelOf, vectorStatusOf } from '../../../../libs/client/src/fake-models.fake.spec.ts';
import { refused } from '../../../../libs/client/src/refused.fake.spec.ts';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const text = () => state.terminal.printed.join('\n');

describe('kindred models', () => {
  it('registers a version with its parameters, and says what to type next', async () => {
    const parameters = ['--param', 'folder=e5', '--param', 'threads=2', '--param', 'queryPrefix=질문: '];
    const rest = ['--provider', 'onnx', '--dataset', 'autumn', ...parameters];
    expect(await run('models', 'register', 'e5', '--version', '2', ...rest)).toEqual({ code: 0, line: '' });
    expect(server.calls[0]!.request).toMatchObject({
      name: 'e5',
      version: '2',
      provider: 'onnx',
      dataset: 'autumn',
      parameters: { folder: 'e5', threads: 2, queryPrefix: '질문: ' },
    });
    expect(text()).toContain(`registered e5@2: 384 dimensions, float32, artifact ${'1f'.repeat(32)}`);
    expect(text()).toContain("kindred models migrate --collection '<name>' --to e5@2");
    await run('models', 'show', 'e5@2');
    for (const part of ['parameters', 'queryPrefix  "질문: "', 'threads      2', 'autumn'])
      expect(text()).toContain(part);
  });

  it('lists models, and shows one with its vectors', async () => {
    server.models.models.set('e5@2', modelOf({ name: 'e5', version: '2' }, { collections: ['상품', 'movies'] }));
    server.models.vectors = [vectorStatusOf({ missing: 1_234n })];
    await run('models', 'list');
    expect(text()).toMatch(/e5 +2 +onnx +384 +float32 +registered +text +상품, movies +1970-01-01 00:00:00/);
    await run('models', 'show', 'e5', '--json');
    expect(JSON.parse(state.terminal.printed.at(-1)!)).toMatchObject({
      model: { name: 'e5', state: 'registered', artifact_hash: '1f'.repeat(32) },
      vectors: [{ collection: '상품', role: 'active', missing: 1234 }],
    });
  });

  it('compares, activates, rolls back and drops', async () => {
    server.models.models.set('e5@2', modelOf({ name: 'e5', version: '2' }));
    await run('models', 'migrate', '-c', '상품', '--to', 'e5', '--yes');
    await run('models', 'compare', '-c', '상품', 'kindred-text', 'e5@2', '--recent', '0');
    expect(server.calls.at(-1)!.request).toMatchObject({
      left: { name: 'kindred-text', version: '' },
      right: { name: 'e5', version: '2' },
      recent: 0,
    });
    await run('models', 'activate', '-c', '상품');
    expect(server.calls.at(-1)!.request).toMatchObject({ model: undefined, acceptRefused: false });
    await run('models', 'rollback', '-c', '상품');
    expect(text()).toContain('상품 is searched with kindred-text@1 again');
    await run('models', 'drop', 'e5@2', '-c', '상품');
    expect(text()).toContain('deleted 3 vectors of e5@2 in 상품');
    expect(await run('models', 'compare', '-c', '상품', 'e5@2')).toMatchObject({ code: 2 });
    server.models.reset();
    const early = await run('models', 'activate', '-c', '상품');
    expect(early).toMatchObject({ code: 1, line: expect.stringContaining('start a migration first') });
  });

  it.each([
    [['models', 'show', 'e5@'], 'NAME@VERSION'],
    [['models', 'migrate', '-c', '상품', '--to', 'e5@2', '--rate', '0'], 'above 0'],
    [['models', 'register', 'e5', '--version', '1', '--provider', 'magic'], 'built-in, onnx, openai'],
    [['models', 'register', 'e5', '--version', '1', '--provider', 'onnx', '--param', 'x'], 'key=value'],
    [['datasets', 'create', 'a', '-c', '상품', '--interactions-before', '어제'], '2026-11-01'],
  ])('refuses %j with exit code 2', async (args, message) => {
    expect(await run(...args)).toMatchObject({ code: 2, line: expect.stringContaining(message) });
    expect(server.calls).toEqual([]);
  });
});

describe('kindred vectors', () => {
  beforeEach(() => {
    const refusals = [{ itemId: '상품-7', reason: '너무 김', refusedAt: new Date(0) }];
    const failing = { reason: 'model file is gone', missing: 3n, refused: 1n, refusals };
    server.models.vectors = [vectorStatusOf({}), vectorStatusOf({ collection: 'movies', ...failing })];
  });

  it('shows counts, why models fail and what they refused', async () => {
    await run('vectors', 'status');
    expect(text()).toMatch(/상품 +text +kindred-text@1 +active +3 +3 +0 +0 +0 +0 +exact/);
    expect(text()).toContain('kindred-text@1 in movies: model file is gone');
    expect(text()).toMatch(/movies +kindred-text@1 +상품-7 +1970-01-01 00:00:00 +너무 김/);
  });

  it('waits until nothing is under way, across a restart', async () => {
    server.models.repairPolls = 3;
    const answer = await run(
      'vectors',
      'reconcile',
      '-c',
      'movies',
      '--model',
      'kindred-text',
      '--retry-refused',
      '--wait',
    );
    expect(answer).toEqual({ code: 0, line: '' });
    expect(server.calls[0]!.request).toMatchObject({ collection: 'movies', retryRefused: true });
    const calls = server.calls.filter((call) => call.method === 'getVectorStatus');
    expect(calls).toHaveLength(4);
    expect(state.terminal.log.filter((line) => line === '# repairing 0% 2 vectors left')).toHaveLength(3);
    expect(state.terminal.log).toContain('! waiting: model file is gone. It is tried again by itself');
    expect(state.terminal.barsOpen).toBe(0);
  });

  it('without --wait says how to look again', async () => {
    await run('vectors', 'reconcile', '-c', 'movies');
    expect(text()).toContain(`repairing 2 vectors in the background: kindred vectors status --collection movies`);
    server.failures.push(refused('COLLECTION_NOT_FOUND', 'collection', 'no such collection', 'NOT_FOUND'));
    expect((await run('vectors', 'status', '-c', 'x')).line).toContain('kindred collections list');
  });
});

describe('kindred datasets', () => {
  it('records, lists, compares and verifies', async () => {
    await run(
      'datasets',
      'create',
      'autumn',
      '-c',
      '상품',
      '--interactions-before',
      '2026-11-01',
      '--description',
      '가을',
    );
    expect(server.calls[0]!.request).toMatchObject({ interactionsBefore: new Date('2026-11-01T00:00:00Z') });
    expect(text()).toContain(`recorded autumn: 3 items and 7 interactions, ${'ab'.repeat(32)}`);
    await run('datasets', 'list');
    expect(text()).toMatch(/autumn +상품 +3 +7 +1970-01-01 00:00:00 +abababababab +가을/);
    await run('datasets', 'diff', 'autumn', 'winter');
    expect(text()).toMatch(/items +2 added, 0 removed, 1 changed\n/);
    expect(text()).toContain('  ~상품-1');
    expect(await run('datasets', 'verify', 'autumn')).toMatchObject({ code: 0 });
    expect(text()).toContain('autumn is intact');
  });

  it('that are damaged end with exit code 1', async () => {
    await run('datasets', 'create', 'autumn', '-c', '상품');
    server.models.datasets.get('autumn')!.hash = 'cd'.repeat(32);
    const damaged = await run('datasets', 'verify', 'autumn');
    expect(damaged).toMatchObject({ code: 1, line: expect.stringContaining('not what was recorded') });
    expect(text()).toMatch(new RegExp(`computed hash +${'ab'.repeat(32)}`));
    expect((await run('datasets', 'verify', 'spring')).line).toContain('kindred datasets list');
  });
});
