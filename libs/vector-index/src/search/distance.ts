/** How far two vectors are apart. Stored vectors have length one, so cosine, inner product and L2 order alike. */
export type Distance = 'cosine' | 'inner_product' | 'l2' | 'l1' | 'hamming' | 'jaccard';

/**
 * The score, the higher the nearer: the cosine or inner product, the negated L2, L1 or Hamming distance, or the Jaccard
 * similarity; the last two between the signs of the elements. Negated, it is an order that no index offers.
 */
export function scoreSql(distance: Distance, vector: string, target: string): string {
  switch (distance) {
    case 'cosine':
    case 'inner_product':
      return `-(${vector} <#> ${target})`;
    case 'l2':
      return `-(${vector} <-> ${target})`;
    case 'l1':
      return `-(${vector} <+> ${target})`;
    case 'hamming':
      return `-(binary_quantize(${vector}) <~> binary_quantize(${target}))`;
    case 'jaccard':
      return `1 - (binary_quantize(${vector}) <%> binary_quantize(${target}))`;
  }
}

/** pgvector's operator, between vectors or, for the last two, between bits. */
const operatorOf: Record<Distance, string> = {
  cosine: '<=>',
  inner_product: '<#>',
  l2: '<->',
  l1: '<+>',
  hamming: '<~>',
  jaccard: '<%>',
};

/** The nearest first, as an index by this distance gives them; signs are given as bits. */
export const orderSql = (distance: Distance, vector: string, target: string) =>
  `${vector} ${operatorOf[distance]} ${target}`;

/** These order vectors of length one alike, so an index by any of them serves all. */
export const isAngular = (distance: Distance) =>
  distance === 'cosine' || distance === 'inner_product' || distance === 'l2';

/** Whether an index by the one distance finds what is near by the other. Signs find what lies at a small angle. */
export const serves = (indexed: Distance, asked: Distance) =>
  indexed === asked || (isAngular(asked) && (isAngular(indexed) || indexed === 'hamming'));
