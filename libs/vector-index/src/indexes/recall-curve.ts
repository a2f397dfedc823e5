import { mean } from '@kindred/ranking';

/** What an HNSW search finds with one breadth: mean recall@10, 0-1, and the standard error of that mean. */
export interface BreadthRecall {
  efSearch: number;
  recall: number;
  error: number;
}

/** What one query finds with one breadth. */
export type Found = Pick<BreadthRecall, 'efSearch' | 'recall'>;

/** What searches of one index find. */
export interface RecallCurve {
  /** By breadth, ascending; one at least. */
  points: BreadthRecall[];
}

/** Hits of which recall is told: all curves are of pages of ten. */
export const compared = 10;

/** pgvector's own bound. */
export const mostEfSearch = 1_000;

/** What is measured: from the narrowest that gives such a page. */
export const breadths = [15, 20, 40, 80, 160, 320, 640, mostEfSearch] as const;

export function pointOf(efSearch: number, recalls: readonly number[]): BreadthRecall {
  const recall = mean(recalls);
  const variance = mean(recalls.map((value) => (value - recall) ** 2));
  return { efSearch, recall, error: Math.sqrt(variance / recalls.length) };
}

/** Recall that is sure, to one standard error. */
export const sure = ({ recall, error }: BreadthRecall): number => recall - error;

/**
 * The least breadth that surely has the recall, 0-1: between two that were measured by their logarithms, beyond as if
 * what is missed fell with the breadth.
 */
export function breadthFor({ points }: RecallCurve, recall: number): number {
  const at = points.findIndex((point) => sure(point) >= recall);
  if (at === -1) {
    const last = points.at(-1)!;
    return Math.ceil((last.efSearch * (1 - sure(last))) / Math.max(1e-6, 1 - recall));
  }
  const [before, point] = [points[at - 1], points[at]!];
  if (!before) return point.efSearch;
  const share = (recall - sure(before)) / (sure(point) - sure(before));
  return Math.ceil(before.efSearch * (point.efSearch / before.efSearch) ** share);
}

/** Mean recall with the breadth; beyond what was measured that of the nearest measured one. */
export function recallWith({ points }: RecallCurve, efSearch: number): number {
  const at = points.findIndex((point) => point.efSearch >= efSearch);
  const [before, point] = [points[at - 1], points.at(at)!];
  if (at === -1 || !before) return point.recall;
  const share = Math.log(efSearch / before.efSearch) / Math.log(point.efSearch / before.efSearch);
  return before.recall + share * (point.recall - before.recall);
}
