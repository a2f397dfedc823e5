const dot = (left: Float32Array, right: Float32Array) => left.reduce((sum, value, at) => sum + value * right[at]!, 0);

/** Share of queries, each with one or more vectors, whose best match is the document of the same place. */
export function recallAt1(queries: readonly Float32Array[][], documents: readonly Float32Array[]): number {
  const found = queries.filter((vectors, at) => {
    const scores = documents.map((document) => Math.max(...vectors.map((vector) => dot(vector, document))));
    return scores.indexOf(Math.max(...scores)) === at;
  });
  return found.length / queries.length;
}
