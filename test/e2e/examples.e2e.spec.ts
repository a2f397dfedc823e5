import { readFileSync } from 'node:fs';
import * as client from '@kindred/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../support/embedded.ts';
import { runExamples } from '../support/run-examples.ts';

const page = new URL('../../libs/client/README.md', import.meta.url);

describe('the client’s page', () => {
  let kindred: Embedded;

  beforeAll(async () => {
    kindred = await Embedded.start();
  });
  afterAll(() => kindred?.stop());

  it('runs as it stands against a newcomer’s server', async () => {
    const printed = await runExamples(readFileSync(page, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    expect(printed.join('\n')).toContain('nothing was left out');
  });
});
