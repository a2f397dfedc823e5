import { defaultTraining, type TrainingParameters, trainWords, type WordModel } from '@kindred/embedder';
import { describe, expect, it } from 'vitest';
import { filmReviews, gutenberg, scoresOf, type WordCorpus } from '../support/word-benchmarks.ts';
import { hasDataset } from './datasets.ts';

/** Half the epochs of the default: enough for sense, and short enough for every run. */
const modest: TrainingParameters = { ...defaultTraining, epochs: 2, threads: 2 };

async function trained(corpus: WordCorpus, change: Partial<TrainingParameters>): Promise<WordModel> {
  const { model, progress } = await trainWords(corpus.files(), { ...modest, unit: corpus.unit, ...change });
  const figures = `${Math.round(progress.wordsPerSecond)} words/s, loss ${progress.loss.toFixed(3)}`;
  console.log(`${corpus.name}: ${model.parts.words.length} words in the vocabulary, ${figures}`);
  return model;
}

function neighbors(model: WordModel, word: string, top: number): string[] {
  const found = model.similar(word, top);
  console.log(`  ${word}: ${found.map((each) => `${each.word} ${each.similarity.toFixed(2)}`).join(', ')}`);
  return found.map((each) => each.word);
}

function printScores(model: WordModel, language: 'en' | 'ko'): Map<string, number> {
  const scores = scoresOf(model, language, 10);
  for (const { name, value, known } of scores)
    console.log(`  ${name.padEnd(20)} ${value.toFixed(4)}  (${known} known)`);
  return new Map(scores.map(({ name, value }) => [name, value]));
}

describe('word vectors from a corpus of one`s own', () => {
  it.skipIf(!hasDataset('gutenberg-25'))('puts a king beside those who live in palaces', async () => {
    const model = await trained(gutenberg, { subwords: undefined, rate: 0.05 });
    const court = [
      'queen',
      'princess',
      'prince',
      'duke',
      'cardinal',
      'lord',
      'majesty',
      'throne',
      'crown',
      'minister',
      'palace',
      'kingdom',
    ];
    const near = neighbors(model, 'king', 20);
    expect(near.filter((word) => court.includes(word)).length).toBeGreaterThanOrEqual(3);
    const scores = printScores(model, 'en');
    if (scores.size > 0) expect(scores.get('en-wordsim353-sim')).toBeGreaterThan(0.3);
  });

  it.skipIf(!hasDataset('nsmc-raw-third'))('knows what films and actors are spoken of with, in Korean', async () => {
    const model = await trained(filmReviews, {});
    const film = neighbors(model, '영화', 20);
    expect(film.filter((word) => word.includes('영화') || /작품|공포|코미디|멜로/.test(word)).length).toBeGreaterThan(
      3,
    );
    const actor = neighbors(model, '배우', 20);
    expect(actor.filter((word) => /배우|연기|주연|조연|캐스팅|주인공/.test(word)).length).toBeGreaterThan(3);
    expect(neighbors(model, '여배우님들께서', 10)).toHaveLength(10);
    printScores(model, 'ko');
  });
});
