import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kindred } from '@kindred/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../support/embedded.ts';
import { until } from '../support/kindred-process.ts';

const catalog = `상품번호,상품명,설명,가격,재고,브랜드
1,무선 마우스,조용한 클릭,25000,5,로지텍
2,기계식 키보드,청축,89000,3,레오폴드
3,유선 마우스,가벼움,아주 싸요,2,로지텍
4,무선 헤드폰,소음 차단,150000,0,소니
`;

describe('one process, no servers', () => {
  let kindred: Embedded;
  let client: Kindred;

  beforeAll(async () => {
    kindred = await Embedded.start();
    client = new Kindred({ address: kindred.address });
  });
  afterAll(async () => {
    client?.close();
    await kindred?.stop();
  });

  it('says what is there before anything is', async () => {
    const status = await kindred.run('status');
    expect(status).toMatchObject({ code: 0 });
    const nothing = await kindred.run('search', 'mouse', '--collection', 'shop');
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toMatch(/^error: .*"shop"/);
    expect(nothing.stderr).not.toMatch(/\bat .*\.js:\d+/);
  });

  it('imports a Korean CSV, reports the bad row by its line, and takes the rest', async () => {
    writeFileSync(join(kindred.folder, '상품.csv'), catalog);
    const imported = await kindred.run('import', '상품.csv', '--collection', 'shop', '--wait');
    expect(imported.code).toBe(1);
    expect(imported.stdout + imported.stderr).toMatch(/4.*price|price.*4/s);
    const { code, stdout } = await kindred.run('search', '무선 마우스', '--collection', 'shop', '--json');
    expect(code).toBe(0);
    const { hits } = JSON.parse(stdout);
    expect(hits[0].item.title).toBe('무선 마우스');
  });

  it('filters, and tells which attributes can be filtered when asked for another', async () => {
    const found = await kindred.run('search', '무선', '--collection', 'shop', '--filter', '브랜드 = 로지텍', '--json');
    expect(JSON.parse(found.stdout).hits.map((hit: { item: { title: string } }) => hit.item.title)).toEqual([
      '무선 마우스',
    ]);
    const wrong = await kindred.run('search', '무선', '--collection', 'shop', '--filter', '색깔 = 검정');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('색깔');
    expect(wrong.stderr).toContain('브랜드');
  });

  it('does not recommend what somebody has bought, from the next answer on', async () => {
    await client.recordInteractions(
      [{ eventId: 'b1', type: 'purchase', userId: '김', collection: 'shop', itemId: 1 }],
      { wait: 'completed' },
    );
    const { hits } = await client.recommend({ collection: 'shop', userId: '김' });
    expect(hits.map((hit) => hit.itemId)).not.toContain('1');
    expect(hits.map((hit) => hit.itemId)).not.toContain('4');
  });

  it('has everything it acknowledged after kill -9', async () => {
    const items = Array.from({ length: 300 }, (_, index) => ({
      collection: 'shop',
      itemId: `k${index}`,
      title: `상자 ${index}`,
    }));
    const results = await Array.fromAsync(client.upsertItems(items));
    expect(results.every((result) => result.status === 'acknowledged')).toBe(true);
    await kindred.process.kill();
    await kindred.process.start();
    await until(
      'all 300 are there',
      async () => (await client.count({ collection: 'shop', filter: undefined })) === 303n,
      60_000,
    );
    await until(
      'they are found',
      async () => {
        const { hits } = await client.query({ collection: 'shop', text: '상자 299', limit: 1 });
        return hits[0]?.itemId === 'k299';
      },
      60_000,
    );
  });

  it('ends cleanly on Ctrl-C', async () => {
    expect(await kindred.process.stop()).toMatchObject({ code: 0 });
    await kindred.process.start();
  });
});
