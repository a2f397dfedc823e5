import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { runExamples } from '../../../../test/support/run-examples.ts';
import { runningKindred } from '../../../../test/support/running-kindred.ts';
import * as client from '../index.ts';

const page = readFileSync(new URL('../../../../docs/from-pinecone.md', import.meta.url), 'utf8');

describe.each(testDatabases())('the page for people from Pinecone, on $name', ({ open }) => {
  const running = runningKindred(open);

  it('runs as it stands', async () => {
    const modules = { '@kindred/client': client };
    const printed = await runExamples(page, { modules, env: { KINDRED_ADDRESS: running.address } });
    expect(printed).toEqual([
      'upserted 3',
      'p2 무선 마우스',
      'p1 Wireless mouse',
      'like p1: p2',
      'now 89',
      expect.stringMatching(/^2 records of \d+ dimensions by kindred-text@\d+$/),
    ]);
  });
});
