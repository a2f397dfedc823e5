import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runExamples } from '../../../test/support/run-examples.ts';
import { FakeKindred } from './fake-kindred.fake.spec.ts';
import * as client from './index.ts';
import { refused } from './refused.fake.spec.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const server = new FakeKindred();
beforeAll(() => server.start());
afterAll(() => server.stop());

it('the examples of the README run', async () => {
  server.onQuery = (collection) => {
    if (collection === 'no-such-collection') throw refused('COLLECTION_NOT_FOUND', 'collection', 'no', 'NOT_FOUND');
  };
  const printed = await runExamples(readme, {
    modules: { '@kindred/client': client },
    env: { KINDRED_ADDRESS: server.address },
  });
  expect(printed).toContain('nothing was left out');
  expect(printed).toContain('the same in the first ten: 0.625 nDCG@10: 0.412 0.455');
  expect(printed).toContain('COLLECTION_NOT_FOUND collection NOT_FOUND');
  expect(server.items.size).toBe(0);
});
