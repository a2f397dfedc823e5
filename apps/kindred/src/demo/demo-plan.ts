import { type DemoCounts, type DemoPart, demoTotals } from './demo-files.ts';

export interface DemoChunk {
  part: DemoPart;
  size: number;
}

const sizes: Record<DemoPart, number> = { products: 500, movies: 1_000, ratings: 3_500 };

/**
 * The next chunk to publish after so many; undefined when nothing is left. The same counts give the same chunk, always.
 * Products and films first, in turns; ratings only after the films they are about, in turns with the rest of the products.
 */
export function nextChunk(published: DemoCounts, totals: DemoCounts = demoTotals): DemoChunk | undefined {
  const left = (part: DemoPart) => totals[part] - published[part];
  const chunk = (part: DemoPart) => ({ part, size: Math.min(sizes[part], left(part)) });
  if (left('movies') > 0) {
    const turn = published.products / sizes.products <= published.movies / sizes.movies;
    return chunk(turn && left('products') > 0 ? 'products' : 'movies');
  }
  if (left('products') <= 0 && left('ratings') <= 0) return undefined;
  return chunk(left('products') / sizes.products >= left('ratings') / sizes.ratings ? 'products' : 'ratings');
}
