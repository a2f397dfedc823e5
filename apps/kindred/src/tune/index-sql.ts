import type { Element, IndexVariant, VectorShape } from './index-variant.ts';

export const tuneSchema = 'kindred_tune';
export const copyTable = `${tuneSchema}.vectors`;
export const tunedIndex = 'tuned';

// A scalar subquery is computed once; a cast of a parameter would be computed for every row.
const target = ({ stored, dimensions }: VectorShape) => `(select $1::vector::${stored}(${dimensions}))`;

/** What is indexed, and what of a query is compared with it. */
function indexed(element: Element, shape: VectorShape, value: string): string {
  if (element === shape.stored) return value;
  if (element === 'bit') return `binary_quantize(${value})::bit(${shape.dimensions})`;
  return `${value}::${element}(${shape.dimensions})`;
}

const operators: Record<Element, { operator: string; opclass: string }> = {
  vector: { operator: '<#>', opclass: 'vector_ip_ops' },
  halfvec: { operator: '<#>', opclass: 'halfvec_ip_ops' },
  bit: { operator: '<~>', opclass: 'bit_hamming_ops' },
};

export function createIndexSql(variant: IndexVariant, shape: VectorShape): string {
  const { method, element } = variant;
  const options =
    variant.method === 'hnsw'
      ? `m = ${variant.m}, ef_construction = ${variant.efConstruction}`
      : `lists = ${variant.lists}`;
  const of = indexed(element, shape, 'embedding');
  return `create index ${tunedIndex} on ${copyTable} using ${method} ((${of}) ${operators[element].opclass}) with (${options})`;
}

/** The nearest `limit` by the index: (id, distance). Signs give as many candidates as the search is broad. */
export function searchSql(variant: IndexVariant, shape: VectorShape, limit: number, breadth: number): string {
  const { element } = variant;
  const { operator } = operators[element];
  const order = `${indexed(element, shape, 'embedding')} ${operator} ${indexed(element, shape, target(shape))}`;
  if (element !== 'bit')
    return `select id, embedding <#> ${target(shape)} as distance from ${copyTable} order by ${order} limit ${limit}`;
  const candidates = `select id, embedding from ${copyTable} order by ${order} limit ${Math.max(limit, breadth)}`;
  return `select id, embedding <#> ${target(shape)} as distance from (${candidates}) c order by distance limit ${limit}`;
}

/** The same by looking at every vector: ordered by the negated distance, which no index offers. */
export function exactSql(shape: VectorShape, limit: number): string {
  const scored = `select id, -(embedding <#> ${target(shape)}) as score from ${copyTable} order by score desc limit ${limit}`;
  return `select id, -score as distance from (${scored}) s order by score desc`;
}
