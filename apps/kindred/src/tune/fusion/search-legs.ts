import type { KindredClient } from '@kindred/client';
import { type Plan, QueryRequest, type QueryResponse, SearchMode } from '@kindred/contracts';
import { closenessOf, type Distance } from '@kindred/vector-index';
import { CliError } from '../../cli-error.ts';
import type { SearchedLeg, SearchedQuery } from './learn-dense-weight.ts';

/** As many hits of each leg as a first page is fused of. */
const depth = 100;
/** Queries asked at a time. */
const clients = 4;

/** What both legs find for each text, asked of the running server. `onProgress` hears how many are done. */
export async function searchLegs(
  client: KindredClient,
  collection: string,
  texts: readonly string[],
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number) => void },
): Promise<SearchedQuery[]> {
  const searched: SearchedQuery[] = new Array(texts.length);
  const waiting = texts.entries();
  const models = new Map<string, Promise<Known>>();
  let done = 0;
  const work = async () => {
    for (const [at, text] of waiting) {
      signal.throwIfAborted();
      searched[at] = await searchBoth(client, collection, text, models);
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  if (models.size === 0)
    throw new CliError(`"${collection}" has no vectors that a text can be compared with: there is no weight to learn`);
  return searched;
}

async function searchBoth(
  client: KindredClient,
  collection: string,
  text: string,
  models: Map<string, Promise<Known>>,
): Promise<SearchedQuery> {
  const ask = (mode: SearchMode) => client.search.query(request(collection, text, mode));
  const lexical = await ask(SearchMode.SEARCH_MODE_LEXICAL);
  const dense = await ask(SearchMode.SEARCH_MODE_DENSE);
  const model = dense.plan!.model;
  // Without a model: the text has no token that it knows.
  const reading = model === '' ? undefined : (models.get(model) ?? readModel(client, model));
  if (reading) models.set(model, reading);
  const known = await reading;
  const distance = dense.plan!.legs.find(({ name }) => name === 'dense')?.settings.distance as Distance | undefined;
  const closeness = (score: number) =>
    known && distance ? closenessOf({ distance, model: { dimensions: known.dimensions } }, score) : score;
  const terms = termsOf(lexical.plan);
  return { terms, provider: known?.provider ?? '', lexical: legOf(lexical), dense: legOf(dense, closeness) };
}

/** What is to be known of a model. */
interface Known {
  provider: string;
  dimensions: number;
}

/** Shares of a full leg begin at its last hit: libs/vector-index/src/search/search-statement.ts. */
function legOf({ hits }: QueryResponse, closeness = (score: number) => score): SearchedLeg {
  const scores = new Map(hits.map(({ itemId, score }) => [itemId, closeness(score)]));
  return { scores, floor: hits.length < depth ? 0 : Math.max(0, closeness(hits.at(-1)!.score)) };
}

const readModel = async (client: KindredClient, name: string): Promise<Known> =>
  (await client.models.getModel({ model: { name } })).model!;

const request = (collection: string, text: string, mode: SearchMode) =>
  QueryRequest.fromPartial({
    collection,
    by: { $case: 'text', value: text },
    mode,
    limit: depth,
    with: { payload: false },
  });

const termsOf = (plan: Plan | undefined): string[] =>
  plan?.legs.find(({ name }) => name === 'lexical')?.settings.terms?.split(' ') ?? [];

/** Of the ids those that are items of the collection. */
export async function knownItems(client: KindredClient, collection: string, ids: readonly string[]) {
  const known = new Set<string>();
  for (let from = 0; from < ids.length; from += mostIds) {
    const { items } = await client.catalog.getItems({ collection, itemIds: ids.slice(from, from + mostIds) });
    for (const { itemId } of items) known.add(itemId);
  }
  return known;
}

const mostIds = 500;
