import type { Database } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { bootstrapInterval, mean } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { median } from '../load/latencies.ts';
import { testDatabases } from '../support/databases.ts';
import { type Dataset, hasDataset, korquadDev, korstsRetrieval } from './datasets.ts';
import { figuresOf, gainOf, type MethodFigures } from './search/method-figures.ts';
import { gainText, methodTable } from './search/quality-tables.ts';
import { SearchableDataset } from './searchable-dataset.ts';

const [database] = testDatabases();
/** Questions of one round, by one client, one analyzer after the other. */
const timed = 100;
const rounds = 3;
/** Of KorQuAD's 5,774 questions every fourth. */
const koreanStep = 4;

describe(`morphemes of Korean beside pairs of characters on ${database!.name}`, () => {
  let opened: Database;
  const model = builtInTextModel();
  beforeAll(async () => {
    opened = await database!.open();
  });

  async function load(name: string, dataset: Dataset) {
    const pairs = await SearchableDataset.load(opened, await model, `${name}-pairs`, dataset);
    const both = await SearchableDataset.load(opened, await model, `${name}-both`, dataset, {
      koreanAnalyzer: 'garu-ko',
    });
    for (const [what, one] of Object.entries({ pairs, both })) {
      const { terms, distinct, bytes } = await one.documentSizes();
      console.log(`${name}, ${what}: ${terms} terms, ${distinct} distinct per document, ${bytes} bytes of documents`);
    }
    return { pairs, both };
  }

  async function compare(name: string, { queries }: Dataset, { pairs, both }: Awaited<ReturnType<typeof load>>) {
    const figures = async (what: string, one: SearchableDataset) =>
      figuresOf(what, queries, await one.rankings(queries, 'lexical', 100));
    const before = await figures('pairs', pairs);
    const after = await figures('pairs and morphemes', both);
    console.log(`\n${name}: ${queries.length} queries, lexical leg\n${methodTable([before, after])}`);
    console.log(`nDCG@10 ${gainText(gainOf(after, before))}, R@10 ${gainText(recallGain(after, before))}`);
    return { before, after };
  }

  async function time(name: string, { queries }: Dataset, { pairs, both }: Awaited<ReturnType<typeof load>>) {
    const asked = queries.slice(0, timed);
    const took: Record<string, number[]> = { pairs: [], both: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [what, one] of Object.entries({ pairs, both })) {
        for (const query of asked) {
          const start = performance.now();
          await one.rankings([query], 'lexical', 10);
          took[what]!.push(performance.now() - start);
        }
      }
    }
    const medians = Object.entries(took).map(([what, each]) => `${what} ${median(each).toFixed(2)}`);
    console.log(`${name}: p50 of a lexical query in ms: ${medians.join(', ')}`);
  }

  it.skipIf(!hasDataset('korquad1-dev'))('find as much of KorQuAD, and order it better', async () => {
    const { documents, queries } = korquadDev();
    const dataset = { documents, queries: queries.filter((_, at) => at % koreanStep === 0) };
    const loaded = await load('korquad', dataset);
    const { before, after } = await compare('korquad', dataset, loaded);
    expect(mean(after.recall10)).toBeGreaterThanOrEqual(mean(before.recall10));
    expect(gainOf(after, before).low).toBeGreaterThan(0);
    await time('korquad', dataset, loaded);
  });

  it.skipIf(!hasDataset('korsts'))('find sentences of KorSTS that say the same in other forms', async () => {
    const dataset = korstsRetrieval();
    const loaded = await load('korsts', dataset);
    const { before, after } = await compare('korsts', dataset, loaded);
    expect(gainOf(after, before).low).toBeGreaterThan(0);
    await time('korsts', dataset, loaded);
  });
});

const recallGain = (after: MethodFigures, before: MethodFigures) =>
  bootstrapInterval(after.recall10.map((value, at) => value - before.recall10[at]!));
