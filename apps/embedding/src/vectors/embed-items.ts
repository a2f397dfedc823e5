import { KindredError } from '@kindred/contracts';
import type { EmbeddingModel, EmbedInput } from '@kindred/embedder';
import { groupBy } from '@kindred/messaging';
import type { CollectionRow, InputKind, VectorRow } from '@kindred/vector-index';
import type { ChangedItem } from './changed-items.store.ts';
import type { ReadInput } from './read-input.ts';
import { hashOf } from './vector-work.ts';

/** An input that this model can never embed; the same input will be refused again. */
export interface Refusal {
  item: ChangedItem;
  contentHash: Buffer;
  error: KindredError;
}

export interface Embedded {
  rows: VectorRow[];
  refusals: Refusal[];
}

export interface EmbedRequest {
  collection: CollectionRow;
  kind: InputKind;
  model: EmbeddingModel;
  readInput: ReadInput;
  /** Vectors that the model has made of the same inputs before, by hash in hex. */
  known: ReadonlyMap<string, Float32Array>;
  signal: AbortSignal;
}

/** The model as a whole does not work now: its items wait, other models go on. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';
}

/**
 * Vectors of the items, each distinct input embedded once. Throws ModelFailure when the model fails as a whole; inputs
 * that it refuses are named, and cost their neighbors nothing.
 */
export async function embedItems(items: readonly ChangedItem[], request: EmbedRequest): Promise<Embedded> {
  const groups = groupBy(items, (item) => hashOf(item, request.kind)!.toString('hex'));
  const fresh = [...groups].filter(([hash]) => !request.known.has(hash));
  const results = await vectorsOf(
    fresh.map(([, [item]]) => item!),
    request,
  );
  const made = new Map(fresh.map(([hash], at) => [hash, results[at]!]));
  const embedded: Embedded = { rows: [], refusals: [] };
  for (const [hash, alike] of groups) {
    const vector = request.known.get(hash) ?? made.get(hash)!;
    for (const item of alike) {
      const contentHash = hashOf(item, request.kind)!;
      if (vector instanceof KindredError) embedded.refusals.push({ item, contentHash, error: vector });
      else if (vector) embedded.rows.push({ itemId: item.item_id, revision: item.revision, contentHash, vector });
    }
  }
  return embedded;
}

type Result = Float32Array | KindredError;

async function vectorsOf(items: readonly ChangedItem[], request: EmbedRequest): Promise<Result[]> {
  const inputs = await Promise.all(items.map((item) => inputOf(item, request)));
  const readable = inputs.filter((input): input is EmbedInput => !(input instanceof KindredError));
  const vectors = await embedAll(readable, request);
  return inputs.map((input) => (input instanceof KindredError ? input : vectors.shift()!));
}

async function inputOf(item: ChangedItem, { collection, kind, readInput, signal }: EmbedRequest) {
  try {
    return await readInput(item, kind, collection, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof KindredError) return error;
    throw error;
  }
}

/** All at once; where one of them is refused, each alone, so that the others get their vectors. */
async function embedAll(inputs: readonly EmbedInput[], request: EmbedRequest): Promise<Result[]> {
  if (inputs.length === 0) return [];
  try {
    return await embed(inputs, request);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (inputs.length === 1) return [error];
  }
  const results: Result[] = [];
  for (const input of inputs) results.push(...(await embedAll([input], request)));
  return results;
}

async function embed(inputs: readonly EmbedInput[], { model, signal }: EmbedRequest): Promise<Float32Array[]> {
  try {
    const vectors = await model.embed(inputs, 'document', signal);
    return checked(vectors, inputs.length, model);
  } catch (error) {
    signal.throwIfAborted();
    if (isRefusal(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelFailure(reason, { cause: error });
  }
}

/** Whatever a provider lets through: nothing but whole vectors of this model is ever written. */
function checked(vectors: Float32Array[], count: number, { identity }: EmbeddingModel): Float32Array[] {
  if (vectors.length !== count) throw new Error(`${identity.name} gave ${vectors.length} vectors for ${count} inputs`);
  const bad = vectors.find((vector) => vector.length !== identity.dimensions || !vector.every(Number.isFinite));
  if (bad) throw new Error(`${identity.name} gave a vector that is not ${identity.dimensions} finite numbers`);
  return vectors;
}

const isRefusal = (error: unknown): error is KindredError =>
  error instanceof KindredError && error.field.startsWith('inputs[');
