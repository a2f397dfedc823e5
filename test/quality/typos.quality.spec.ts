import type { Database } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { mean, ndcgAt } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../support/databases.ts';
import { chorusDev, cranfield, type Dataset, hasDataset, korquadDev, type Query } from './datasets.ts';
import { SearchableDataset } from './searchable-dataset.ts';
import { withTypingErrors } from './typing-errors.ts';

const [database] = testDatabases();
const koreanStep = 8;
const off = { withoutTypos: true };

describe(`typing errors on ${database!.name}`, () => {
  let opened: Database;
  const model = builtInTextModel();
  beforeAll(async () => {
    opened = await database!.open();
  });

  async function compare(name: string, { documents, queries }: Dataset) {
    const searchable = await SearchableDataset.load(opened, await model, name, { documents, queries });
    await searchable.learnWords();
    const wrong = withTypingErrors(queries, 20_261_124);
    const figure = async (asked: readonly Query[], options: object) => {
      const rankings = await searchable.rankings(asked, 'hybrid', 10, options);
      return mean(asked.map(({ grades }, at) => ndcgAt(10, rankings[at]!, grades) ?? 0));
    };
    const figures = {
      plain: await figure(queries, off),
      plainMended: await figure(queries, {}),
      wrong: await figure(wrong, off),
      wrongMended: await figure(wrong, {}),
    };
    const shown = Object.entries(figures).map(([what, value]) => `${what} ${value.toFixed(4)}`);
    console.log(`${name}: ${queries.length} queries, ${wrong.length} with a typing error; nDCG@10 ${shown.join(', ')}`);
    return figures;
  }

  it.skipIf(!hasDataset('chorus-icecat'))('are mended in queries of products, and correct ones stay', async () => {
    const { plain, plainMended, wrong, wrongMended } = await compare('chorus-typos', chorusDev());
    expect(plainMended).toBeGreaterThanOrEqual(plain - 0.005);
    expect(wrongMended).toBeGreaterThan(wrong);
  });

  it.skipIf(!hasDataset('cranfield'))('are mended in queries of abstracts, and correct ones stay', async () => {
    const { plain, plainMended, wrong, wrongMended } = await compare('cranfield-typos', cranfield());
    expect(plainMended).toBeGreaterThanOrEqual(plain - 0.005);
    expect(wrongMended).toBeGreaterThan(wrong);
  });

  it.skipIf(!hasDataset('korquad1-dev'))('are mended in Korean questions, and correct ones stay', async () => {
    const { documents, queries } = korquadDev();
    const asked = queries.filter((_, at) => at % koreanStep === 0);
    const { plain, plainMended, wrong, wrongMended } = await compare('korquad-typos', { documents, queries: asked });
    expect(plainMended).toBeGreaterThanOrEqual(plain - 0.005);
    expect(wrongMended).toBeGreaterThanOrEqual(wrong);
  });
});
