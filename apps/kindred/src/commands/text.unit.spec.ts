import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collection, Item } from '@kindred/contracts';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refused } from '../../../../libs/client/src/refused.fake.spec.ts';
import { programRuns } from './run-program.fake.spec.ts';

const { server, run } = programRuns();
const folder = mkdtempSync(join(tmpdir(), 'kindred-text-'));
const printed: string[] = [];
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  server.collections.set('상품', Collection.create({ name: '상품', expansionModel: 'words', items: 3n }));
  server.items.set('1', Item.create({ collection: '상품', itemId: '1', title: '무선 마우스' }));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

describe('kindred search', () => {
  it('says how the text is read, and what may have been meant', async () => {
    await run('search', '무썬', '-c', '상품', '--highlight', '--no-typos', '--literal');
    expect(server.calls.at(-1)!.request.textOptions).toMatchObject({ typos: 2, highlight: true, literal: true });
    expect(printed.join('\n')).toContain('Did you mean "무선 마우스"?');
    await run('search', '무선', '-c', '상품');
    expect(server.calls.at(-1)!.request.textOptions).toMatchObject({ typos: 1, highlight: false, literal: false });
  });
});

describe('kindred suggest', () => {
  it('completes what is typed', async () => {
    expect(await run('suggest', '상품', '무', '--limit', '3')).toMatchObject({ code: 0 });
    expect(server.calls.at(-1)!.request).toMatchObject({ collection: '상품', text: '무', limit: 3 });
    expect(printed.join('\n')).toContain('무선 마우스');
    await run('suggest', '상품', 'x');
    expect(printed.at(-1)).toBe('No title begins so.');
    expect(await run('suggest', '상품', 'x', '--limit', '21')).toMatchObject({ code: 2 });
  });
});

describe('kindred analyze', () => {
  it('shows terms with their places, and apart from them synonyms with what they are of', async () => {
    await run('analyze', '상품', '마우스');
    expect(printed.join('\n')).toMatch(/마우스 +마우스 +0-3/);
    expect(printed.join('\n')).toMatch(/synonym +its terms +of +place\ncomputer mouse +comput mous +마우스 +0-3\n/);
  });
});

describe('kindred collections put', () => {
  it('changes how texts are searched, and nothing else', async () => {
    const synonyms = file(
      'synonyms.txt',
      '# of the shop\nnotebook, 노트북 , portable computer\n\ntv => oled, qled\r\n',
    );
    await run('collections', 'put', '상품', '--synonyms', synonyms, '--dense-weight', '0.4');
    await run('collections', 'put', '상품', '--stop-words', file('stop.txt', 'the\n추천\n'));
    expect(server.calls.at(-1)!.request.collection).toMatchObject({
      name: '상품',
      expansionModel: 'words',
      search: {
        synonyms: [
          { words: ['notebook', '노트북', 'portable computer'], oneWay: false },
          { words: ['tv', 'oled', 'qled'], oneWay: true },
        ],
        stopWords: ['the', '추천'],
        denseWeight: 0.4,
      },
    });
    expect(printed.at(-1)).toBe('상품: 2 synonym sets, 2 stop words');
  });

  it('names the word model that widens queries, and takes it away', async () => {
    await run('collections', 'put', '상품', '--expansion-model', '내-낱말');
    expect(server.calls.at(-1)!.request.collection).toMatchObject({ name: '상품', expansionModel: '내-낱말' });
    expect(printed).toEqual(['상품: queries are widened by the newest "내-낱말"']);
    await run('collections', 'put', '상품', '--expansion-model', '');
    expect(server.calls.at(-1)!.request.collection).toMatchObject({ expansionModel: '' });
    expect(printed.at(-1)).toBe('상품: queries are not widened');
  });

  it.each([
    [['collections', 'put', '상품'], 'nothing to change'],
    [
      ['collections', 'put', '상품', '--synonyms', '/no/such/file'],
      '/no/such/file cannot be read: there is no such file',
    ],
    [['collections', 'put', '상품', '--dense-weight', '2'], 'from 0 to 1'],
  ])('refuses %j with exit code 2', async (args, message) => {
    expect(await run(...args)).toMatchObject({ code: 2, line: expect.stringContaining(message) });
  });

  it.each([
    ['foo', 'line 3 "foo": names one word; write those that count as the same beside it'],
    ['foo =>', 'line 3 "foo =>": names nothing behind "=>"; write it like tv => oled, qled'],
    ['=> foo', 'line 3 "=> foo": must have one word or phrase before "=>"'],
    ['a, b => c', 'line 3 "a, b => c": must have one word or phrase before "=>"'],
    ['a => b => c', 'line 3 "a => b => c": has "=>" more than once'],
  ])('refuses the synonyms "%s" by their line, before anything is sent', async (line, message) => {
    server.calls.length = 0;
    const synonyms = file('bad.txt', `# of the shop\nnotebook, laptop\n${line}\n`);
    const { code, line: printed } = await run('collections', 'put', '상품', '--synonyms', synonyms);
    expect([code, printed]).toEqual([2, expect.stringContaining(message)]);
    expect(server.calls).toEqual([]);
  });

  it('names the line of what the server refuses', async () => {
    const problem = 'collection.search.synonyms[1].words[0] "..." has no letters or digits to look for; leave it out';
    server.failures.push(
      undefined as never,
      refused('FIELD_INVALID', 'collection.search.synonyms[1].words[0]', problem),
    );
    const synonyms = file('refused.txt', '# of the shop\nnotebook, laptop\n\n..., dots\n');
    const { line } = await run('collections', 'put', '상품', '--synonyms', synonyms);
    expect(line).toContain('refused.txt, line 4: collection.search.synonyms[1]');
  });
});
