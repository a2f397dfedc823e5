import { readFileSync } from 'node:fs';
import * as client from '@kindred/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../support/embedded.ts';
import { runExamples } from '../support/run-examples.ts';

const page = new URL('../../libs/client/README.md', import.meta.url);
const filters = new URL('../../docs/filters.md', import.meta.url);
const queriesPage = new URL('../../docs/queries.md', import.meta.url);
const recommendationsPage = new URL('../../docs/recommendations.md', import.meta.url);
const experimentsPage = new URL('../../docs/experiments.md', import.meta.url);
const replayPage = new URL('../../docs/replay.md', import.meta.url);
const textPage = new URL('../../docs/text-search.md', import.meta.url);

describe('the client’s pages', () => {
  let kindred: Embedded;

  beforeAll(async () => {
    kindred = await Embedded.start();
  });
  afterAll(() => kindred?.stop());

  it('about filters and sets runs as it stands, and finds what it says', async () => {
    const printed = await runExamples(readFileSync(filters, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    expect(printed.slice(0, 5)).toEqual(['affordable: 1n', 'new: 3n', 'audio: 2n', 'near: 1n', 'pacific or near: 2n']);
    expect(printed).toContain("permitted: [ 'suva' ]");
    expect(printed.filter((line) => line.startsWith('scroll:'))).toEqual([
      'scroll: seoul 89',
      'scroll: busan 49',
      'scroll: suva 35',
    ]);
    for (const line of ['Boom: 2 of 3', '소리: 1 of 3', '40 undefined 1n', 'undefined 40 2n'])
      expect(printed).toContain(line);
    expect(printed).toContain('COLLECTION_NOT_FOUND: collection');
    expect(printed.find((line) => line.startsWith('filtered'))).toContain('filter.must[0]');
  });

  it('of its README runs as it stands against a newcomer’s server', async () => {
    const printed = await runExamples(readFileSync(page, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    expect(printed.join('\n')).toContain('nothing was left out');
  });

  it('has a page on queries that runs too', async () => {
    const printed = await runExamples(readFileSync(queriesPage, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    const line = (start: string) => printed.find((each) => each.startsWith(start));
    expect(line('mix:')).toMatch(/^mix: 1 /);
    expect(line('ordered anew:')).toMatch(/\d \(/);
    expect(line('fused:')).toMatch(/, /);
    expect(line('both:')).toContain('clearance/91');
    expect(line('boosted:')).toMatch(/^boosted: 2 /);
    expect(line('diverse:')).toMatch(/one of each brand: \d/);
    expect(printed.filter((each) => each.startsWith('group '))).toHaveLength(3);
  });

  it('and the one on recommendations', async () => {
    const printed = await runExamples(readFileSync(recommendationsPage, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    expect(printed).toEqual([
      '김: 무소음 무선 마우스 / 관심을 보이신 것과 비슷한 항목',
      'trend: 기계식 키보드 (서울에서 요즘 뜨는 항목)',
      'next: 2 Nobody turned to anything after these items yet: what goes with them',
      'list: m2,k1',
      'groups: Logitech,로지텍',
    ]);
  });

  it('and the one on experiments', async () => {
    const printed = await runExamples(readFileSync(experimentsPage, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    expect(printed).toEqual([
      'arms: newest,지금',
      'people: 20n',
      'clicks: 10n',
      expect.stringContaining('newest: needs more: at least 100 people per arm'),
      'stopped',
    ]);
  });

  it('and the one on replay', async () => {
    const printed = await runExamples(readFileSync(replayPage, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    expect(printed).toEqual(['40 answers, click,conversion,revenue', expect.stringMatching(/^too little to tell/)]);
  });

  it('and the page of texts does too', async () => {
    const printed = await runExamples(readFileSync(textPage, 'utf8'), {
      modules: { '@kindred/client': client },
      env: { KINDRED_ADDRESS: kindred.address },
    });
    expect(printed).toEqual([
      ...Array(4).fill('completed'),
      'm1 title',
      'Wireless|mouse',
      'n1 Stop words are left out: the',
      '로지텍,로지텍 무선,로지텍 무선 마우스',
      'm3 로지텍',
      '노트 트북 (추천)',
      'words and character pairs, garu-ko 0.3.7 m배 배가 m아프 아파 파서',
    ]);
  });
});
