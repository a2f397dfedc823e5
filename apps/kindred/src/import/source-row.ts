/** One row of an import file, or why it could not be read. */
export type SourceRow =
  /** `line` is where the row starts in the file (the row number in Parquet), from 1. */
  { line: number; values: Record<string, unknown> } | { line: number; problem: RowProblem };

export interface RowProblem {
  /** Header of the column, or "" where the whole row is bad. */
  field: string;
  reason: string;
}

export interface BadRow extends RowProblem {
  line: number;
}

export interface Source {
  /** Headers in the order of the file; empty where each row brings its own keys (JSON Lines). */
  headers: string[];
  rows: AsyncIterable<SourceRow>;
  /** Share of the file read so far, 0-1. */
  progress(): number;
}
