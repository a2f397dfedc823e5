import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runExamples } from '../../../test/support/run-examples.ts';
import { FakeKindred } from './fake-kindred.fake.spec.ts';
import * as client from './index.ts';

const page = readFileSync(new URL('../../../docs/filters.md', import.meta.url), 'utf8');
const server = new FakeKindred();
beforeAll(() => server.start());
afterAll(() => server.stop());

it('the examples of the page about filters run', async () => {
  const printed = await runExamples(page, {
    modules: { '@kindred/client': client },
    env: { KINDRED_ADDRESS: server.address },
  });
  expect(printed).toContain('scroll: seoul 89');
  expect(printed).toContain('Boom: 2 of 3');
  expect(printed).toContain('COLLECTION_NOT_FOUND: collection');
});
