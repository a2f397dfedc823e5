import { readFileSync } from 'node:fs';
import { builtInTextModel, embedTexts } from '@kindred/embedder';
import { dot, ndcgAt } from '@kindred/ranking';
import { describe, expect, it } from 'vitest';
import { addRow, readStaticTable } from '../../libs/embedder/src/built-in/static-table.ts';
import { WordPieceTokenizer } from '../../libs/embedder/src/built-in/word-piece.ts';
import { hasDataset, scifactTrain, stsbDev } from './datasets.ts';
import { spearman } from './spearman.ts';

type Embed = (texts: readonly string[]) => Promise<Float32Array[]>;

/** nDCG@10 of the table before it was refitted, alone; `former` in the table's provenance. */
const formerScifact = 0.4567;
/** Spearman on STS-B dev of the whole model before, version 1; see docs/models.md. */
const formerWhole = 0.8098;
const table = readStaticTable(readFileSync('libs/embedder/models/static-256-int8.bin'));
const tokenizer = new WordPieceTokenizer(table.vocabulary, table.unknown);

/** The static table without the hashed features: the mean of the token rows, of length 1. */
const tableAlone: Embed = async (texts) =>
  texts.map((text) => {
    const sum = new Float32Array(table.dimensions);
    for (const token of tokenizer.tokenize(text)) addRow(table, token, sum);
    const length = Math.sqrt(dot(sum, sum));
    return length === 0 ? sum : sum.map((value) => value / length);
  });

const whole: Embed = async (texts) => embedTexts(await builtInTextModel(), texts, 'document');

async function stsb(embed: Embed): Promise<number> {
  const pairs = stsbDev();
  const left = await embed(pairs.map((pair) => pair.left));
  const right = await embed(pairs.map((pair) => pair.right));
  return spearman(
    left.map((vector, at) => dot(vector, right[at]!)),
    pairs.map(({ score }) => score),
  );
}

async function scifact(embed: Embed): Promise<number> {
  const { documents, queries } = scifactTrain();
  const vectors = await embed(documents.map(({ title, body }) => `${title} ${body}`));
  const questions = await embed(queries.map(({ text }) => text));
  const figures = queries.map(({ grades }, at) => {
    const scores = vectors.map((vector, document) => ({
      id: documents[document]!.id,
      score: dot(vector, questions[at]!),
    }));
    scores.sort((a, b) => b.score - a.score);
    return ndcgAt(
      10,
      scores.slice(0, 10).map(({ id }) => id),
      grades,
    )!;
  });
  return figures.reduce((sum, value) => sum + value, 0) / figures.length;
}

describe('built-in text model without a search engine', () => {
  it.skipIf(!hasDataset('stsb'))('judges the likeness of sentences as people do', async () => {
    const figures = { alone: await stsb(tableAlone), whole: await stsb(whole) };
    console.log(
      `STS-B dev, Spearman: static table ${figures.alone.toFixed(4)}, whole model ${figures.whole.toFixed(4)}`,
    );
    expect(figures.alone).toBeGreaterThanOrEqual(0.83);
    expect(figures.whole).toBeGreaterThan(formerWhole);
  });

  it.skipIf(!hasDataset('scifact'))('finds the abstract of a claim better than the former table', async () => {
    const figures = { alone: await scifact(tableAlone), whole: await scifact(whole) };
    console.log(
      `scifact train, nDCG@10: static table ${figures.alone.toFixed(4)}, whole model ${figures.whole.toFixed(4)}`,
    );
    expect(figures.alone).toBeGreaterThan(formerScifact);
    expect(figures.whole).toBeGreaterThan(figures.alone);
  });
});
