import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorCodes } from './index.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

it('docs/errors.md has every code with its status, a cause and a way out, and no other', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (.{10,}) \| (.{7,}) \|$/gm)];
  expect(Object.fromEntries(rows.map(([, code, status]) => [code, status]))).toEqual(errorCodes);
  expect(rows).toHaveLength(page.match(/^\| `/gm)!.length);
});
