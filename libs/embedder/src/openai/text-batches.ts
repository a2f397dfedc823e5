export interface BatchLimits {
  batchSize: number;
  batchCharacters: number;
}

/** Positions of the texts that travel together, in order; a text over the limit travels alone. */
export function textBatches(texts: readonly string[], { batchSize, batchCharacters }: BatchLimits): number[][] {
  const batches: number[][] = [];
  let batch: number[] = [];
  let characters = 0;
  for (const [at, text] of texts.entries()) {
    if (batch.length === batchSize || (batch.length > 0 && characters + text.length > batchCharacters)) {
      batches.push(batch);
      batch = [];
      characters = 0;
    }
    batch.push(at);
    characters += text.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
