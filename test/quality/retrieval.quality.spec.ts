import type { Database } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { bootstrapInterval, judgedOnly, mean, ndcgAt, recallAt } from '@kindred/ranking';
import type { SearchMode } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../support/databases.ts';
import { chorusDev, cranfield, type Dataset, hasDataset, korquadDev, type Query } from './datasets.ts';
import { SearchableDataset } from './searchable-dataset.ts';

const modes: SearchMode[] = ['lexical', 'dense', 'hybrid'];
/** Hits fetched: judged-only figures need more than the ten that are measured. */
const depth = 100;
/** Every n-th Korean question: the others take minutes and say the same. */
const koreanStep = 4;

interface Outcome {
  mode: SearchMode;
  ndcg: number[];
  judged: number[];
}

/** Figures per query that has a relevant document, in order. */
async function outcomeOf(searchable: SearchableDataset, queries: readonly Query[], mode: SearchMode): Promise<Outcome> {
  const rankings = await searchable.rankings(queries, mode, depth);
  const answerable = queries.flatMap(({ grades }, at) => {
    const ndcg = ndcgAt(10, rankings[at]!, grades);
    return ndcg === undefined ? [] : [{ ndcg, judged: ndcgAt(10, judgedOnly(rankings[at]!, grades), grades)! }];
  });
  return { mode, ndcg: answerable.map(({ ndcg }) => ndcg), judged: answerable.map(({ judged }) => judged) };
}

function print(name: string, documents: number, outcomes: readonly Outcome[]): void {
  const lexical = outcomes[0]!.ndcg;
  const lines = outcomes.map(({ mode, ndcg, judged }) => {
    const gain = bootstrapInterval(ndcg.map((value, at) => value - lexical[at]!));
    const against = mode === 'lexical' ? '' : `${signed(gain.mean)} [${signed(gain.low)}, ${signed(gain.high)}]`;
    return `  ${mode.padEnd(8)}  ${mean(ndcg).toFixed(4)}  ${mean(judged).toFixed(4)}       ${against}`;
  });
  const head = `${name}: ${documents} documents, ${lexical.length} queries with a relevant one; linear gain`;
  console.log([head, '            nDCG@10  judged only  against lexical [95 %]', ...lines].join('\n'));
}

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;

const [database] = testDatabases();

describe(`search quality on ${database!.name}`, () => {
  let opened: Database;
  const model = builtInTextModel();
  beforeAll(async () => {
    opened = await database!.open();
  });

  async function compare(name: string, dataset: Dataset): Promise<Record<SearchMode, number[]>> {
    const searchable = await SearchableDataset.load(opened, await model, name, dataset);
    const outcomes: Outcome[] = [];
    for (const mode of modes) outcomes.push(await outcomeOf(searchable, dataset.queries, mode));
    print(name, dataset.documents.length, outcomes);
    return Object.fromEntries(outcomes.map(({ mode, ndcg }) => [mode, ndcg])) as Record<SearchMode, number[]>;
  }

  it.skipIf(!hasDataset('chorus-icecat'))('finds products no worse with both legs than by words alone', async () => {
    const ndcg = await compare('chorus-icecat dev', chorusDev());
    expect(mean(ndcg.hybrid)).toBeGreaterThanOrEqual(mean(ndcg.lexical));
  });

  it.skipIf(!hasDataset('cranfield'))('finds abstracts better with both legs than by words alone', async () => {
    const ndcg = await compare('cranfield', cranfield());
    expect(mean(ndcg.hybrid)).toBeGreaterThanOrEqual(mean(ndcg.lexical));
  });

  it.skipIf(!hasDataset('korquad1-dev'))('finds the Korean passage that a question is about', async () => {
    const { documents, queries } = korquadDev();
    const searchable = await SearchableDataset.load(opened, await model, 'korquad', { documents, queries });
    const asked = queries.filter((_, at) => at % koreanStep === 0);
    const recalls: [SearchMode, number][] = [];
    for (const mode of modes) {
      const rankings = await searchable.rankings(asked, mode, 10);
      recalls.push([mode, mean(asked.map(({ grades }, at) => recallAt(10, rankings[at]!, grades)!))]);
    }
    const figures = recalls.map(([mode, recall]) => `  ${mode.padEnd(8)}  ${recall.toFixed(4)}`);
    console.log([`korquad1-dev: ${documents.length} passages, ${asked.length} questions; R@10`, ...figures].join('\n'));
    expect(new Map(recalls).get('lexical')).toBeGreaterThanOrEqual(0.98);
  });
});
