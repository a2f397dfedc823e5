import type { AttributeDeclaration } from '../content.ts';
import { isUnder } from '../filter/subtree.ts';
import type { IndexProblem } from './index-problem.ts';

/** What has a value in a field, and a graph of its own (docs/adr/0021). */
export interface Segment {
  /** As facts call it: the attribute's name, or `underField`. */
  field: string;
  value: string | boolean;
  /** Vectors of such items: about. */
  rows: number;
}

/** In a partition; its rows when it was built or last vacuumed. */
export interface BuiltSegment extends Segment {
  /** The fact's number in decimal: goes into the text of statements. */
  fact: string;
  bytes: number;
}

/** Below it looking the items up is as quick. */
const leastRows = 1_000;
/** An index is not built anew for a value that has only just passed that. */
const overdueRows = 2 * leastRows;
/** What more pass is met soon enough in the whole graph. */
const mostShare = 0.5;
/** Writing a row asks each of them whether it is theirs. */
const mostSegments = 32;
/** A row is built into a graph for each of them. */
const mostSegmentFields = 4;

/** Whether a value that so many rows have is worth a graph of its own, among so many of all. */
export const paysAsSegment = (rows: number, all: number): boolean => rows >= leastRows && rows <= mostShare * all;

/** The values that pay, the most frequent first. */
export function wantedSegments(common: readonly Segment[], rows: number): Segment[] {
  const pays = common.filter((one) => paysAsSegment(one.rows, rows));
  const wanted: Segment[] = [];
  for (const one of pays.sort((a, b) => b.rows - a.rows)) {
    if (!wanted.some((other) => servesFor(other, one))) wanted.push(one);
  }
  return wanted.slice(0, mostSegments);
}

/** A tree that is half or more of one above it is met soon enough in the graph of that. */
const servesFor = (above: Segment, tree: Segment) =>
  above.field === underField &&
  tree.field === underField &&
  isUnder(String(tree.value), String(above.value)) &&
  tree.rows >= mostShare * above.rows;

/** Whether what is built is near enough to what is wanted: values come and go. */
export function sameSegments(built: readonly Segment[], wanted: readonly Segment[], fields: readonly string[]) {
  const has = (segment: Segment) => built.some((one) => one.field === segment.field && one.value === segment.value);
  if (built.some(({ field }) => !fields.includes(field))) return false;
  const begun = (field: string) => built.some((one) => one.field === field);
  if (wanted.some(({ field }) => !begun(field))) return false;
  return built.length >= mostSegments || wanted.every((one) => one.rows < overdueRows || has(one));
}

/** The name that facts have for a field. */
export const factField = (field: string) => (field === 'categories' ? '@categories' : field);

/** Facts of the categories that an item's are under, each under itself too. */
export const underField = '@under';
/** A graph of a category has the tree below it: it serves both filters. */
export const segmentField = (field: string) => (field === 'categories' ? underField : field);
export const fieldName = (field: string) => (field.startsWith('@') ? 'categories' : field);

/** brand = "acme", or categories ~ "electronics/" */
export const segmentText = ({ field, value }: Pick<Segment, 'field' | 'value'>) =>
  field === underField ? `categories ~ ${JSON.stringify(`${value}/`)}` : `${field} = ${JSON.stringify(value)}`;

/** What is wrong with declared fields of segments, with the way out; undefined where all is well. */
export function segmentProblem(
  fields: readonly string[],
  attributes: readonly AttributeDeclaration[],
): IndexProblem | undefined {
  const field = (at: number) => `segments[${at}]`;
  if (fields.length > mostSegmentFields) {
    const message = `segments names ${fields.length} fields; every vector is built into a graph for each, so at most ${mostSegmentFields} are taken`;
    return { field: 'segments', message };
  }
  for (const [at, name] of fields.entries()) {
    if (fields.indexOf(name) < at) return { field: field(at), message: `segments names "${name}" twice; name it once` };
    const problem = name === 'categories' ? undefined : attributeProblem(name, attributes);
    if (problem) return { field: field(at), message: problem };
  }
  return undefined;
}

function attributeProblem(name: string, attributes: readonly AttributeDeclaration[]): string | undefined {
  const declared = attributes.find((one) => one.name === name);
  const able = attributes.filter(({ type, filterable }) => filterable && isSegmentable(type)).map((one) => one.name);
  const use = `use one of ${[...able, 'categories'].join(', ')}`;
  if (!declared) return `there is no attribute "${name}"; ${use}`;
  if (!declared.filterable) return `"${name}" is not filterable; declare it so, or ${use}`;
  if (isSegmentable(declared.type)) return undefined;
  return `"${name}" is of type ${declared.type}, and segments are of keyword or boolean attributes; ${use}`;
}

export const isSegmentable = (type: AttributeDeclaration['type']) => type === 'keyword' || type === 'boolean';
