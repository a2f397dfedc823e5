import type { KindredClient } from '@kindred/client';
import { EmbedPurpose } from '@kindred/contracts';
import { readRecentQueries } from '@kindred/vector-index';
import { CliError } from '../cli-error.ts';
import { plural } from '../output/format.ts';
import { type QueryLine, readQueryFile } from './query-file.ts';
import type { TunedCollection } from './tuned-collection.ts';
import { countVectors, readItemVectors, sampleItems } from './tuning.store.ts';
import type { TuningSession } from './tuning-session.ts';

export interface QueryOptions {
  /** File of queries. */
  queries?: string;
  /** The texts asked lately. */
  recent?: boolean;
  /** Most queries. */
  sample: number;
}

export interface QueryVectors {
  vectors: Float32Array[];
  /** In words. */
  source: string;
  /** Items that stand for queries, which no copy may hold. */
  heldOut: string[];
}

/** Queries leave so many vectors to search, at least: recall@100 is asked for. */
export const leastRows = 100;
const leastVectors = 200;
const embeddedAtOnce = 64;

/** The queries to measure with. `embed` opens the server, for texts only. */
export async function queryVectors(
  session: TuningSession,
  collection: TunedCollection,
  options: QueryOptions,
  embed: (texts: string[]) => Promise<Float32Array[]>,
): Promise<QueryVectors> {
  const total = await countVectors(session, collection);
  if (total < leastVectors) {
    const has = `"${collection.name}" has ${plural(total, 'vector')} of ${collection.model.name}`;
    throw new CliError(`${has}; tuning needs ${leastVectors}, and fewer are best searched exactly`);
  }
  if (options.queries !== undefined) return fromFile(session, collection, options, embed);
  if (options.recent) return fromRecent(session, collection, options, embed);
  const heldOut = await sampleItems(session, collection, Math.min(options.sample, Math.floor(total / 10)));
  const vectors = [...(await readItemVectors(session, collection, heldOut)).values()];
  const source = `${plural(vectors.length, 'vector')} of the collection itself, held out of the copy`;
  return { vectors, source, heldOut };
}

async function fromFile(
  session: TuningSession,
  collection: TunedCollection,
  { queries: file, sample }: QueryOptions,
  embed: (texts: string[]) => Promise<Float32Array[]>,
): Promise<QueryVectors> {
  const all = await readQueryFile(file!, collection.dimensions);
  const lines = all.slice(0, sample);
  const texts = lines.flatMap((line) => ('text' in line ? [line.text] : []));
  const heldOut = lines.flatMap((line) => ('itemId' in line ? [line.itemId] : []));
  const ofItems = await readItemVectors(session, collection, heldOut);
  const unknown = lines.find((line) => 'itemId' in line && !ofItems.has(line.itemId));
  if (unknown) throw new CliError(`${file} line ${unknown.line}: the item has no vector of ${collection.model.name}`);
  const embedded = texts.length > 0 ? await embed(texts) : [];
  const vectors = lines.map((line) => vectorOf(line, ofItems, embedded));
  const empty = vectors.findIndex(isZero);
  if (empty >= 0)
    throw new CliError(`${file} line ${lines[empty]!.line}: ${collection.model.name} knows no word of it`);
  const first = all.length > lines.length ? `the first ${lines.length} of ` : '';
  return { vectors, source: `${first}${plural(all.length, 'query', 'queries')} of ${file}`, heldOut };
}

/** At length one, as everything stored is. Texts take the next embedded one. */
function vectorOf(line: QueryLine, ofItems: Map<string, Float32Array>, embedded: Float32Array[]): Float32Array {
  if ('text' in line) return embedded.shift()!;
  if ('itemId' in line) return ofItems.get(line.itemId)!;
  const length = Math.hypot(...line.vector);
  return Float32Array.from(line.vector, (value) => value / length);
}

async function fromRecent(
  session: TuningSession,
  collection: TunedCollection,
  { sample }: QueryOptions,
  embed: (texts: string[]) => Promise<Float32Array[]>,
): Promise<QueryVectors> {
  const texts = await readRecentQueries(session, collection.collectionId, sample);
  if (texts.length === 0)
    throw new CliError(`no recent queries of "${collection.name}" are kept (QUERY_LOG); give --queries, or neither`);
  const vectors = (await embed(texts)).filter((vector) => !isZero(vector));
  if (vectors.length === 0)
    throw new CliError(`${collection.model.name} knows no word of the recent queries; give --queries, or neither`);
  return { vectors, source: `the latest ${plural(vectors.length, 'query', 'queries')}`, heldOut: [] };
}

const isZero = (vector: Float32Array) => vector.every((value) => value === 0);

/** Vectors of texts by the collection's model, from the running server; zeros for a text without a known word. */
export async function embedTexts(
  client: KindredClient,
  { model, dimensions }: TunedCollection,
  texts: string[],
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += embeddedAtOnce) {
    const part = texts.slice(from, from + embeddedAtOnce);
    const inputs = part.map((text) => ({ kind: { $case: 'text' as const, value: text } }));
    const purpose = EmbedPurpose.EMBED_PURPOSE_QUERY;
    const answer = await client.embedding.embed({ model: model.name, version: model.version, inputs, purpose });
    for (const { values } of answer.vectors) {
      if (values.length !== dimensions)
        throw new CliError(
          `the server made ${values.length} dimensions of a text, ${model.name} has ${dimensions}; is --address right?`,
        );
      vectors.push(Float32Array.from(values));
    }
  }
  return vectors;
}
