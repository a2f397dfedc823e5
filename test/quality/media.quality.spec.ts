import { type EmbeddingModel, imageViews, openModel } from '@kindred/embedder';
import { mean } from '@kindred/ranking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasDataset } from './datasets.ts';
import { changed, changes, clothing, middleColor, type Picture } from './pictures.ts';
import { recallAt1 } from './recall-at-1.ts';

const dot = (left: Float32Array, right: Float32Array) => left.reduce((sum, value, at) => sum + value * right[at]!, 0);

/** Every n-th picture is changed and asked for: the others take minutes and say the same. MEDIA_STEP=1 takes all. */
const step = Number(process.env.MEDIA_STEP ?? 4);

/** The five nearest others of each picture. */
function nearestFive(vectors: readonly Float32Array[]): number[][] {
  return vectors.map((vector, at) =>
    vectors
      .map((other, index) => ({ score: dot(vector, other), index }))
      .filter(({ index }) => index !== at)
      .sort((left, right) => right.score - left.score)
      .slice(0, 5)
      .map(({ index }) => index),
  );
}

describe.skipIf(!hasDataset('clothing-small-test'))('near-duplicate pictures', () => {
  const purposes = ['duplicates', 'similar'] as const;
  const models = {} as Record<(typeof purposes)[number], EmbeddingModel>;
  let pictures: Picture[];
  beforeAll(async () => {
    pictures = clothing();
    for (const purpose of purposes)
      models[purpose] = await openModel({ name: purpose, version: '1', provider: 'image', parameters: { purpose } });
  });
  afterAll(() => Promise.all(purposes.map((purpose) => models[purpose]?.close())));

  const vectorsOf = (model: EmbeddingModel, files: readonly Uint8Array[]) =>
    model.embed(
      files.map((bytes) => ({ kind: 'image', bytes })),
      'document',
    );

  it('finds the original of a changed picture', async () => {
    // Those that are asked for come first.
    const asked = pictures.filter((_, at) => at % step === 0);
    const all = [...asked, ...pictures.filter((_, at) => at % step !== 0)];
    const documents = await vectorsOf(
      models.duplicates,
      all.map(({ bytes }) => bytes),
    );
    const table: [string, number[]][] = [];
    for (const [name, change] of Object.entries(changes)) {
      const queries: Float32Array[][] = [];
      for (const { bytes } of asked) {
        const file = await changed(bytes, change);
        queries.push(await vectorsOf(models.duplicates, [file, ...(await imageViews(file))]));
      }
      const by = (views: number) =>
        recallAt1(
          queries.map((vectors) => vectors.slice(0, views)),
          documents,
        );
      table.push([name, [by(1), by(2), by(6)]]);
    }
    const lines = table.map(
      ([name, recalls]) => `  ${name.padEnd(30)}${recalls.map((recall) => recall.toFixed(3)).join('  ')}`,
    );
    const head = `${asked.length} of ${pictures.length} pictures; recall@1 of the original: by the picture, by its mirror image too, by all views`;
    console.log([head, ...lines].join('\n'));

    const recalls = new Map(table.map(([name, [, , all]]) => [name, all]));
    for (const name of Object.keys(changes).filter((each) => !each.includes('crop')))
      expect(recalls.get(name), name).toBeGreaterThanOrEqual(0.99);
    for (const name of Object.keys(changes).filter((each) => each.startsWith('20 % crop')))
      expect(recalls.get(name), name).toBeGreaterThanOrEqual(0.93);
    expect(recalls.get('a fifth of the area cropped')).toBeGreaterThanOrEqual(0.99);
  });

  it('finds pictures nearer in color where similar ones are asked for, and of the same class as often', async () => {
    const colors = await Promise.all(pictures.map(({ bytes }) => middleColor(bytes)));
    const figures = {} as Record<(typeof purposes)[number], { kind: number; color: number }>;
    for (const purpose of purposes) {
      const files = pictures.map(({ bytes }) => bytes);
      const pairs = nearestFive(await vectorsOf(models[purpose], files)).flatMap((five, at) =>
        five.map((index) => [at, index] as const),
      );
      figures[purpose] = {
        kind: mean(pairs.map(([at, index]) => Number(pictures[at]!.kind === pictures[index]!.kind))),
        color: mean(
          pairs.map(([at, index]) => Math.hypot(...colors[at]!.map((value, k) => value - colors[index]![k]!))),
        ),
      };
    }
    const lines = Object.entries(figures).map(
      ([purpose, { kind, color }]) => `  ${purpose.padEnd(12)}${kind.toFixed(3)}  ${color.toFixed(1)}`,
    );
    console.log(['the five nearest others: share of the same class, distance of colors', ...lines].join('\n'));
    expect(figures.similar.color).toBeLessThan(figures.duplicates.color * 0.9);
    expect(figures.similar.kind).toBeGreaterThanOrEqual(0.6);
  });
});
