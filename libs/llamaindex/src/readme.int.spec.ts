import { readFileSync } from 'node:fs';
import * as client from '@kindred/client';
import * as schema from '@llamaindex/core/schema';
import { describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { runExamples } from '../../../test/support/run-examples.ts';
import { runningKindred } from '../../../test/support/running-kindred.ts';
import * as llamaindex from './index.ts';

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe.each(testDatabases())('the README for LlamaIndex on $name', ({ open }) => {
  const running = runningKindred(open);

  it('runs as it stands', async () => {
    const modules = {
      '@kindred/client': client,
      '@kindred/llamaindex': llamaindex,
      '@llamaindex/core/schema': schema,
    };
    const printed = await runExamples(page, { modules, env: { KINDRED_ADDRESS: running.address } });
    expect(printed).toEqual(["조용한 무선 마우스 { kind: 'mouse', color: '검정' }"]);
  });
});
