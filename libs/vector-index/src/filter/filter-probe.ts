import type { Condition, Filter } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { fieldToSql, type SqlParams } from './field-to-sql.ts';

/** A filter taken apart: every test of a field by itself. */
export interface FilterProbe {
  /** Boolean expressions over kindred.items aliased `i`. */
  tests: string[];
  /** Paths of the conditions that an item does not meet, by what its tests gave: "filter.must[0]", "filter.should". */
  unmet(passed: readonly boolean[]): string[];
}

type Node = { path: string; test: number } | { path: string; group: Group };

interface Group {
  path: string;
  must: Node[];
  should: Node[];
  mustNot: Node[];
}

/** The filter must be one that filterToSql takes. */
export function filterProbe(filter: Filter | undefined, collection: CollectionRow, params: SqlParams): FilterProbe {
  const tests: string[] = [];
  const nodeOf = ({ kind }: Condition, path: string): Node => {
    if (kind?.$case === 'filter') return { path, group: groupOf(kind.value, `${path}.filter`) };
    return { path, test: tests.push(fieldToSql(kind!.value, path, collection, params)) - 1 };
  };
  const groupOf = ({ must, should, mustNot }: Filter, path: string): Group => ({
    path,
    must: must.map((one, at) => nodeOf(one, `${path}.must[${at}]`)),
    should: should.map((one, at) => nodeOf(one, `${path}.should[${at}]`)),
    mustNot: mustNot.map((one, at) => nodeOf(one, `${path}.must_not[${at}]`)),
  });
  const root = filter && groupOf(filter, 'filter');
  return { tests, unmet: (passed) => (root ? unmetIn(root, passed) : []) };
}

/** Down to the single conditions where one alone decides. */
function unmetIn({ path, must, should, mustNot }: Group, passed: readonly boolean[]): string[] {
  const holds = (node: Node): boolean =>
    'test' in node ? passed[node.test]! : unmetIn(node.group, passed).length === 0;
  const failing = must.filter((node) => !holds(node));
  return [
    ...failing.flatMap((node) => ('group' in node ? unmetIn(node.group, passed) : [node.path])),
    ...(should.length > 0 && !should.some(holds) ? [`${path}.should`] : []),
    ...mustNot.filter(holds).map((node) => node.path),
  ];
}
