export interface HitsOfValue<Hit> {
  /** Undefined for hits without one. */
  value: unknown;
  /** In the order they came. */
  hits: Hit[];
}

/**
 * Groups of hits that share a value, in the order of their first hits, with up to `size` hits each. A hit with several
 * values is in the group of each; those without one are a group of their own.
 */
export function groupBy<Hit>(
  hits: readonly Hit[],
  valuesOf: (hit: Hit) => readonly unknown[],
  size: number,
): HitsOfValue<Hit>[] {
  const groups = new Map<unknown, HitsOfValue<Hit>>();
  for (const hit of hits) {
    const values = new Set(valuesOf(hit));
    for (const value of values.size > 0 ? values : [undefined]) {
      const group = groups.get(value) ?? { value, hits: [] };
      groups.set(value, group);
      if (group.hits.length < size) group.hits.push(hit);
    }
  }
  return [...groups.values()];
}
