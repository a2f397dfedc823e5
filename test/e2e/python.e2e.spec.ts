import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../support/embedded.ts';
import { PythonPage } from '../support/python-page.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(resolve(root, 'docs/python.md'), 'utf8');

describe('the page for Python', () => {
  let python: PythonPage | undefined;
  let kindred: Embedded;

  beforeAll(async () => {
    python = await PythonPage.open(page);
    kindred = await Embedded.start();
    const shop = resolve(root, 'apps/kindred/demo/shop-ko.csv');
    expect(await kindred.run('import', shop, '-c', 'shop', '--wait')).toMatchObject({ code: 0 });
  });
  afterAll(() => kindred?.stop());

  it('runs as it stands, with stubs made from the protos', async (context) => {
    if (!python) return context.skip('no Python with a package index');
    expect(await python.run({ KINDRED_ADDRESS: kindred.address })).toEqual([
      'S-001 무소음 무선 마우스 M20 18900.0',
      expect.stringMatching(/^S-\d+ .*[가-힣]/),
      expect.stringMatching(/^S-\d+ .*[가-힣]/),
      expect.stringMatching(/^[1-9]\d* under 20000$/),
      'INVALID_ARGUMENT FILTER_FIELD_UNDECLARED filter.must[0].field',
    ]);
  });
});
