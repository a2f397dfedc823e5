import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../../../test/support/embedded.ts';

const shop = resolve(import.meta.dirname, '../demo/shop-ko.csv');

/** Terminal cells, for what the shop holds. */
const cells = (text: string) =>
  [...text].reduce((sum, char) => sum + (/[\u1100-\u11ff\u3000-\ud7ff]/.test(char) ? 2 : 1), 0);

describe('the command line against a server', () => {
  let kindred: Embedded;
  beforeAll(async () => {
    kindred = await Embedded.start();
  });
  afterAll(() => kindred?.stop());

  it('says what it inferred from the Korean sample shop, and finds things in it', async () => {
    const imported = await kindred.run('import', shop, '-c', 'shop', '--wait');
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    for (const line of [
      '상품명 → title',
      '무게(g): number (filterable)',
      '출시일: time (filterable)',
      '무선: boolean (filterable)',
    ]) {
      expect(imported.stdout).toContain(line);
    }
    expect(imported.stdout).toMatch(/24 items into shop in \d+\.\d s/);
    const { code, stdout } = await kindred.run('search', '조용한 무선 마우스', '-c', 'shop', '-f', '가격대 exists');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('aligns a table of Hangul, with score, price and plan', async () => {
    const { stdout } = await kindred.run(
      'search',
      '조용한 무선 마우스',
      '-c',
      'shop',
      '-f',
      '무선 = true and price < 30000',
    );
    const lines = stdout.split('\n');
    const rows = lines.filter((line) => /^\d+ +\d\.\d{3} {2}S-/.test(line));
    expect(rows[0]).toContain('무소음 무선 마우스 M20');
    const ends = rows.map((row) =>
      cells(row.slice(0, row.search(/[\d,]+\.\d\d /) + row.match(/[\d,]+\.\d\d /)![0].length)),
    );
    expect(new Set(ends).size).toBe(1);
    expect(stdout).toMatch(/hybrid: \w+ \+ vector_\w+, complete, [\d.]+ m?s/);
    expect(stdout).not.toContain('\u001b');
  });

  it('trains words on a file and on a collection, and moves them out and in again', async () => {
    const corpus = join(kindred.folder, '왕.txt');
    writeFileSync(corpus, '왕이 왕관을 썼다\n왕비가 왕관을 썼다\nthe king wore a crown\n'.repeat(50));
    const trained = await kindred.run('words', 'train', '--corpus', corpus, '--name', 'my-words', '--dimensions', '16');
    expect(trained.stdout).toMatch(/trained my-words [0-9a-f]{12}: 9 words of 16 dimensions/);
    const similar = await kindred.run('words', 'similar', 'my-words', '왕', '--top', '5', '--json');
    expect(JSON.parse(similar.stdout).neighbors).toHaveLength(5);
    const onShop = await kindred.run('words', 'train', '--corpus', 'shop', '--name', 'shop-words', '--min-count', '2');
    expect(onShop).toMatchObject({ code: 0, stderr: '' });
    const file = join(kindred.folder, 'my-words.bin');
    const format = ['--format', 'word2vec-binary'];
    await kindred.run('words', 'export', 'my-words', '--output', file, ...format);
    const imported = await kindred.run('words', 'import', file, '--name', 'copy', ...format);
    expect(imported.stdout).toMatch(/imported copy [0-9a-f]{12}: 9 words of 16 dimensions/);
    const analogy = await kindred.run('words', 'analogy', 'copy', '왕이', 'king', '--minus', 'crown', '--top', '1');
    expect(analogy.stdout).toMatch(/word +similarity\n\S+ +-?\d\.\d{3}/);
    writeFileSync(corpus, Buffer.from([0xb0, 0xa1]));
    const refused = await kindred.run('words', 'train', '--corpus', corpus, '--name', 'bad');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('왕.txt: byte 0 is not UTF-8; save the file as UTF-8');
  });

  it('imports interactions once however often the file comes, and recommends from them', async () => {
    const file = join(kindred.folder, 'buys.csv');
    writeFileSync(file, '회원번호,상품번호,일시\n김,S-001,2025-07-01\n김,S-004,2025-07-02\n박,,2025-07-02\n');
    for (let round = 0; round < 2; round += 1) {
      const { code, stdout } = await kindred.run(
        'import',
        file,
        '-c',
        'shop',
        '--kind',
        'interactions',
        '--type',
        'purchase',
        '--wait',
      );
      expect(code).toBe(1);
      expect(stdout).toContain('line 4: item_id: is empty');
      expect(stdout).toContain('2 interactions into shop');
    }
    const status = JSON.parse((await kindred.run('status', '--json')).stdout);
    expect(status.interactions).toBe(2);
    const { hits } = JSON.parse((await kindred.run('recommend', '--user', '김', '-c', 'shop', '--json')).stdout);
    const ids = hits.map((hit: { item_id: string }) => hit.item_id);
    expect(ids).not.toContain('S-001');
    expect(ids.length).toBeGreaterThan(3);
    const similar = await kindred.run('similar', '--item', 'S-001', '-c', 'shop', '-n', '3');
    expect(similar.stdout).toContain('마우스');
  });

  it('recommends by declared scenarios, says what trends and comes next, and why something is not there', async () => {
    const file = join(kindred.folder, 'home.json');
    const shown = await kindred.run('scenarios', 'show', 'home', '-c', 'shop', '--json');
    const home = { ...JSON.parse(shown.stdout), quotas: [{ attribute: 'categories', max_per_value: 1 }] };
    writeFileSync(file, JSON.stringify(home));
    const put = await kindred.run('scenarios', 'put', 'home', '-c', 'shop', '--file', file);
    expect(put).toMatchObject({ code: 0, stdout: 'shop declares home\n' });
    expect((await kindred.run('scenarios', 'list', '-c', 'shop')).stdout).toMatch(/home .*1 per categories/);
    const byHome = await kindred.run('recommend', '--user', '김', '-c', 'shop', '--scenario', 'home', '--json');
    const kinds = JSON.parse(byHome.stdout).hits.map(
      (hit: { item: { categories: string[] } }) => hit.item.categories[0],
    );
    expect(kinds.length).toBeGreaterThan(1);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect((await kindred.run('scenarios', 'delete', 'home', '-c', 'shop')).stdout).toBe('deleted home\n');
    home.sources[0].weight = -1;
    writeFileSync(file, JSON.stringify(home));
    const refused = await kindred.run('scenarios', 'put', 'home', '-c', 'shop', '--file', file);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('scenario.sources[0].weight')]);
    const why = await kindred.run('explain-absence', 'S-001', '-c', 'shop', '--user', '김');
    expect(why.stdout).toMatch(/^bought: The person bought the item/);
    const list = ['personalize', '--items', 'S-003,S-001,S-007,S-005', '--user', '김', '-c', 'shop', '--json'];
    // S-003 is sold out.
    const ordered = JSON.parse((await kindred.run(...list)).stdout).hits.map((hit: { item_id: string }) => hit.item_id);
    expect(ordered.toSorted()).toEqual(['S-001', 'S-005', 'S-007']);
    const soldOut = await kindred.run('explain-absence', 'S-003', '-c', 'shop', '--user', '김');
    expect(soldOut.stdout).toMatch(/^sold_out: /);
    const next = await kindred.run('next', '--item', 'S-001', '-c', 'shop', '-n', '3', '--language', 'ko');
    expect(next).toMatchObject({ code: 0, stderr: '' });
    const trend = await kindred.run('trending', '-c', 'shop', '--days', '1');
    expect(trend.stdout).toContain('Nothing matches.');
  });

  it('shows and deletes items and collections', async () => {
    const item = await kindred.run('items', 'get', 'S-002', '-c', 'shop', '--json');
    expect(JSON.parse(item.stdout).items[0]).toMatchObject({
      item_id: 'S-002',
      price: 32900,
      attributes: { 무선: true },
    });
    expect((await kindred.run('items', 'delete', 'S-002', '-c', 'shop')).stdout).toContain('S-002  completed');
    const gone = await kindred.run('items', 'get', 'S-002', '-c', 'shop');
    expect(gone).toMatchObject({ code: 1, stderr: 'error: collection "shop" has no item S-002\n' });
    expect((await kindred.run('collections', 'list')).stdout).toMatch(/shop +23 /);
    expect((await kindred.run('collections', 'show', 'shop')).stdout).toMatch(/출시일 +time +yes/);
    expect((await kindred.run('dead-letters', 'list')).stdout).toBe('There are no dead letters.\n');
    expect((await kindred.run('collections', 'delete', 'shop')).code).toBe(2);
    expect((await kindred.run('collections', 'delete', 'shop', '--yes')).stdout).toContain(
      'deleted shop with 23 items',
    );
  });

  it.each([
    [['serch', 'x'], 2, "unknown command 'serch'"],
    [['search', 'x'], 2, '--collection'],
    [['search', 'x', '-c', 'shop', '--limit', '0'], 2, 'whole number from 1 to 1000'],
    [['search', 'x', '-c', 'shop', '-f', 'what is this'], 1, 'There is no collection "shop"'],
    [['import', 'none.csv', '-c', 'shop'], 1, 'there is no such file'],
    [
      ['search', 'x', '-c', 'shop', '--address', '127.0.0.1:1'],
      1,
      'Is Kindred running? Start it with npm start, or set KINDRED_ADDRESS',
    ],
  ])('answers %j with exit code %i and one clear line', async (args, code, message) => {
    const result = await kindred.run(...args);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});
