import { type EmbeddingModel, embedTexts } from '@kindred/embedder';
import { dot, mean, ndcgAt, recallAt } from '@kindred/ranking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dataset, hasDataset, korquadDev, scifactTrain } from './datasets.ts';
import { korstsDev, type SentencePair, spearman, stsbDev } from './sentence-pairs.ts';
import { hasModel, miniLm, openBuiltIn, openMiniLm } from './test-models.ts';

async function similarity(model: EmbeddingModel, pairs: readonly SentencePair[]): Promise<number> {
  const first = await embedTexts(
    model,
    pairs.map((pair) => pair.first),
    'document',
  );
  const second = await embedTexts(
    model,
    pairs.map((pair) => pair.second),
    'document',
  );
  return spearman(
    first.map((vector, at) => dot(vector, second[at]!)),
    pairs.map(({ score }) => score),
  );
}

/** The documents that a query is about, every n-th of them, with their queries: a large model takes minutes for all. */
function part({ documents, queries }: Dataset, step: number): Dataset {
  const relevant = new Set(
    queries.flatMap(({ grades }) => [...grades].filter(([, grade]) => grade > 0).map(([id]) => id)),
  );
  const kept = documents.filter(({ id }) => relevant.has(id)).filter((_, at) => at % step === 0);
  const ids = new Set(kept.map(({ id }) => id));
  return { documents: kept, queries: queries.filter(({ grades }) => [...grades.keys()].every((id) => ids.has(id))) };
}

/** Exact search by cosine alone: what the model knows, without words and without an index. */
async function retrieval(model: EmbeddingModel, { documents, queries }: Dataset, step: number) {
  const texts = documents.map(({ title, body }) => `${title} ${body}`.trim());
  const vectors = await embedTexts(model, texts, 'document');
  const asked = queries.filter((_, at) => at % step === 0);
  const questions = await embedTexts(
    model,
    asked.map(({ text }) => text),
    'query',
  );
  const figures = asked.map(({ grades }, at) => {
    const scores = vectors.map((vector) => dot(vector, questions[at]!));
    const ranking = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, 10);
    const ids = ranking.map((place) => documents[place]!.id);
    return { ndcg: ndcgAt(10, ids, grades)!, recall: recallAt(10, ids, grades)! };
  });
  return {
    ndcg: mean(figures.map(({ ndcg }) => ndcg)),
    recall: mean(figures.map(({ recall }) => recall)),
    size: `${documents.length} documents, ${asked.length} queries`,
  };
}

const report = (model: EmbeddingModel, what: string, figure: string) =>
  console.log(`${model.identity.name.padEnd(18)} ${model.identity.dtype.padEnd(8)} ${what.padEnd(66)} ${figure}`);

interface Tried {
  name: string;
  present: boolean;
  open(): Promise<EmbeddingModel>;
  /** Least Spearman on STS-B dev; measured .810 and .866. */
  stsb: number;
}

const tried: Tried[] = [
  { name: 'kindred-text', present: true, open: openBuiltIn, stsb: 0.8 },
  { name: miniLm, present: hasModel(miniLm), open: () => openMiniLm({ threads: 2 }), stsb: 0.86 },
];

describe.each(tried)('$name alone', ({ present, open, stsb }) => {
  let model: EmbeddingModel;
  beforeAll(async () => {
    if (present) model = await open();
  });
  afterAll(() => model?.close());

  it.skipIf(!present || !hasDataset('stsb'))('finds English sentences alike that people find alike', async () => {
    const figure = await similarity(model, stsbDev());
    report(model, 'STS-B dev, 1,500 pairs, Spearman', figure.toFixed(4));
    expect(figure).toBeGreaterThan(stsb);
  });

  it.skipIf(!present || !hasDataset('korsts'))('is measured on Korean sentences', async () => {
    const figure = await similarity(model, korstsDev());
    report(model, 'KorSTS dev, 1,500 pairs, Spearman', figure.toFixed(4));
    expect(figure).toBeGreaterThan(0);
  });

  it.skipIf(!present || !hasDataset('scifact'))('finds the abstract that a claim is about', async () => {
    const { ndcg, recall, size } = await retrieval(model, part(scifactTrain(), 2), 1);
    report(model, `SciFact train, part: ${size}; nDCG@10, R@10`, `${ndcg.toFixed(4)}  ${recall.toFixed(4)}`);
    expect(ndcg).toBeGreaterThan(0.3);
  });

  it.skipIf(!present || !hasDataset('korquad1-dev'))('is measured on Korean questions', async () => {
    const { ndcg, recall, size } = await retrieval(model, part(korquadDev(), 4), 4);
    report(model, `KorQuAD 1 dev, part: ${size}; nDCG@10, R@10`, `${ndcg.toFixed(4)}  ${recall.toFixed(4)}`);
    expect(recall).toBeGreaterThan(0);
  });
});

describe.skipIf(!hasModel(miniLm))('all-MiniLM-L6-v2', () => {
  it('gives a text the same vector in any company, and lets the process go on meanwhile', async () => {
    const model = await openMiniLm();
    const texts = Array.from(
      { length: 64 },
      (_, at) => `wireless headphones ${'with a long cable '.repeat(at % 9)}${at}`,
    );
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const together = await embedTexts(model, texts, 'document');
    clearInterval(timer);
    // A process that computes itself counts next to none.
    expect(turns).toBeGreaterThan(10);
    const [alone] = await embedTexts(model, [texts[13]!], 'query');
    expect(dot(alone!, together[13]!)).toBeGreaterThan(1 - 1e-5);
    await model.close();
  });
});
