/** Share of the items that pass the filter, in bands of a tenth each; "1" without a filter. */
export const bands = ['1', '0.1-1', '0.01-0.1', '0.001-0.01', '0-0.001'] as const;
export type Band = (typeof bands)[number];

/** `selectivity` is 0-1; undefined without a filter. A band holds its upper bound. */
export function bandOf(selectivity: number | undefined): Band {
  if (selectivity === undefined) return '1';
  if (selectivity > 0.1) return '0.1-1';
  if (selectivity > 0.01) return '0.01-0.1';
  return selectivity > 0.001 ? '0.001-0.01' : '0-0.001';
}
