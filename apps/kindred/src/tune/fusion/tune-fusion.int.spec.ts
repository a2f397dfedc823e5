import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kindred, KindredClient } from '@kindred/client';
import { seededRandom } from '@kindred/ranking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../../test/support/databases.ts';
import { until } from '../../../../../test/support/kindred-process.ts';
import { runningKindred } from '../../../../../test/support/running-kindred.ts';
import { FakeTerminal } from '../../output/fake-terminal.fake.spec.ts';
import { createProgram } from '../../program.ts';
import { fusedIds } from './learn-dense-weight.ts';
import { searchLegs } from './search-legs.ts';

const words =
  'black white fast quiet small large wireless cheap bright mouse keyboard laptop printer cable monitor speaker camera phone charger stand'.split(
    ' ',
  );
const random = seededRandom(7);
const someWords = (count: number) =>
  Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ');
const items = Array.from({ length: 150 }, (_, at) => ({ collection: 'shop', itemId: `i${at}`, title: someWords(7) }));
const texts = [...new Set(Array.from({ length: 80 }, () => someWords(6)))];

describe.each(testDatabases())('kindred tune --fusion on $name', ({ open }) => {
  const running = runningKindred(open);
  let kindred: Kindred;
  let client: KindredClient;
  let folder: string;
  const disagreed: { query: string; lexical: string; dense: string }[] = [];

  beforeAll(async () => {
    const { address } = running;
    const options = { address, deadlineMs: 60_000 };
    [kindred, client] = [new Kindred(options), new KindredClient(options)];
    folder = await mkdtemp(join(tmpdir(), 'kindred-fusion-'));
    await kindred.collections.put({ name: 'shop', search: { denseWeight: 1 } });
    for await (const { status } of kindred.upsertItems(items, { wait: 'completed' }))
      expect(status).not.toBe('rejected');
    const dense = { collection: 'shop', text: 'mouse', mode: 'dense', limit: 200, with: { payload: false } } as const;
    const found = async () => (await kindred.query(dense).catch(() => ({ hits: [] }))).hits.length;
    await until('everything is embedded', async () => (await found()) === items.length, 60_000);
    for (const query of texts) {
      const both = { query, lexical: await firstOf(query, 'lexical'), dense: await firstOf(query, 'dense') };
      if (both.lexical !== both.dense) disagreed.push(both);
    }
  });
  afterAll(async () => {
    kindred?.close();
    client?.close();
    await rm(folder, { recursive: true });
  });

  const tune = async (...args: string[]) => {
    const terminal = new FakeTerminal();
    const all = ['tune', '--fusion', '--collection', 'shop', ...args, '--address', running.address];
    await createProgram('0.1.0', terminal).parseAsync(['node', 'kindred', ...all]);
    expect(terminal.barsOpen).toBe(0);
    return { text: terminal.printed.join('\n'), log: terminal.log.join('\n') };
  };
  const firstOf = async (text: string, mode: 'lexical' | 'dense') =>
    (await kindred.query({ collection: 'shop', text, mode, limit: 1, with: { payload: false } })).hits[0]!.itemId;
  const fileOf = async (lines: object[]) => {
    const file = join(folder, '판정.jsonl');
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    return file;
  };
  /** Queries whose legs disagree, judged as one leg has it. */
  const judgedBy = (mode: 'lexical' | 'dense') => disagreed.map((one) => ({ query: one.query, relevant: [one[mode]] }));

  it('orders what it learns from as a hybrid search does', async () => {
    const some = texts.slice(0, 10);
    const legs = await searchLegs(client, 'shop', some, { signal: new AbortController().signal, onProgress: () => {} });
    for (const [at, text] of some.entries()) {
      const { hits, plan } = await kindred.query({ collection: 'shop', text, limit: 50 });
      expect(plan!.denseWeight).toBeGreaterThan(0.3);
      expect(hits.map((hit) => hit.itemId)).toEqual(fusedIds(legs[at]!, 1).slice(0, 50));
    }
  });

  it('learns from judgements, stores what gains for certain, and says so in every plan', async () => {
    const judged = judgedBy('lexical');
    expect(judged.length).toBeGreaterThan(15);
    const file = await fileOf([...judged, { query: 'gone', grades: { nowhere: 2 } }]);
    const { text, log } = await tune('--queries', file, '--apply');
    expect(log).toContain('! ! 1 of');
    expect(text).toMatch(/\* +1\.00 +0\.\d{4}/);
    expect(text).toMatch(/Recommended: dense weight 0\.\d\d instead of 1\.00/);
    const { collection } = await client.catalog.getCollection({ name: 'shop' });
    expect(collection!.search!.denseWeight).toBeLessThan(0.9);
    const source = new RegExp(
      `learned from ${judged.length + 1} judged queries on \\d{4}-\\d\\d-\\d\\d, nDCG@10 0\\.\\d{4} -> [01]\\.\\d{4}$`,
    );
    expect(collection!.search!.denseWeightSource).toMatch(source);
    await until(
      'the weight is told',
      async () => {
        const { plan } = await kindred.query({ collection: 'shop', text: 'quiet wireless mouse' });
        return plan!.notes.some((note) => source.test(note));
      },
      30_000,
    );
  });

  it('changes nothing where the gain may be chance', async () => {
    const before = await client.catalog.getCollection({ name: 'shop' });
    const file = await fileOf(judgedBy('lexical'));
    const { text } = await tune('--queries', file, '--apply', '--json');
    expect(JSON.parse(text)).toMatchObject({ collection: 'shop', better: false, applied: false });
    expect(await client.catalog.getCollection({ name: 'shop' })).toEqual(before);
  });

  it('learns from clicks, by the request that caused them', async () => {
    await expect(tune('--clicks')).rejects.toThrow('no clicks on answers of "shop" are known');
    const judged = judgedBy('dense').slice(0, 20);
    for (const [at, { query, relevant }] of judged.entries()) {
      const { requestId } = await kindred.query({ collection: 'shop', text: query });
      const click = { eventId: `click-${at}`, type: 'click' as const, userId: 'kim', itemId: relevant[0]! };
      await kindred.recordInteractions([{ ...click, collection: 'shop', requestId, position: 2 }], {
        wait: 'completed',
      });
    }
    await until(
      'the requests are noted',
      async () => {
        const { queries } = await client.search.listClicks({ collection: 'shop' });
        return queries.length === judged.length;
      },
      30_000,
    );
    const { queries } = await client.search.listClicks({ collection: 'shop', queries: 1 });
    expect(queries).toMatchObject([{ items: [{ position: 2, clicks: 1n }] }]);
    const { text } = await tune('--clicks', '--json');
    expect(JSON.parse(text)).toMatchObject({ evidence: `the clicks of ${judged.length} queries`, applied: false });
    await expect(client.search.listClicks({ collection: 'shop', queries: 10_001 })).rejects.toThrow(/queries is 10001/);
  });

  it('refuses what cannot be learned from', async () => {
    const unknown = await fileOf([{ query: 'mouse', relevant: ['x1', 'x2'] }]);
    await expect(tune('--queries', unknown)).rejects.toThrow(
      'none of the 2 judged ids is an item of "shop" ("x1", "x2")',
    );
    const few = await fileOf([{ query: 'mouse', relevant: ['i1'] }]);
    await expect(tune('--queries', few)).rejects.toThrow('1 query with a relevant item of "shop"; learning needs 10');
    await expect(tune('--queries', few, '--collection', '상점')).rejects.toThrow(/"상점"/);
    await expect(tune()).rejects.toThrow('give one of --queries and --clicks');
    await expect(tune('--clicks', '--grid', 'full')).rejects.toThrow('--grid is of indexes');
  });
});
