import type { ModelTable } from '../models/model.store.ts';
import type { Distance } from './distance.ts';

/** What decides how close a score is. */
export interface Measured {
  distance: Distance;
  model: Pick<ModelTable, 'dimensions'>;
}

/**
 * What a dense score counts where shares are taken of it or it is multiplied: the cosine that a distance stands for, 1 for the
 * same, about 0 for what has nothing in common. docs/queries.md says why. Rises with the score; similarities stay as they are.
 */
export function closenessOf({ distance, model: { dimensions } }: Measured, score: number): number {
  switch (distance) {
    case 'l2':
      return 1 - (score * score) / 2;
    case 'l1':
      return 1 - (Math.PI / (4 * dimensions)) * score * score;
    case 'hamming':
      return Math.cos((Math.PI * score) / dimensions);
    default:
      return score;
  }
}

/** The same in SQL. */
export function closenessSql({ distance, model: { dimensions } }: Measured, score: string): string {
  switch (distance) {
    case 'l2':
      return `(1 - ${score} * ${score} / 2)`;
    case 'l1':
      return `(1 - ${Math.PI / (4 * dimensions)}::float8 * ${score} * ${score})`;
    case 'hamming':
      return `cos(pi() * ${score} / ${dimensions})`;
    default:
      return score;
  }
}
