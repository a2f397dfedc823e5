import { type KindredClient, KindredClientError } from '@kindred/client';
import { type Hit, type Plan, SimilarBy } from '@kindred/contracts';
import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { UsageError } from '../cli-error.ts';
import { attributesOf } from '../commands/options.ts';
import { searchModes } from '../commands/search.command.ts';
import { errorMessage } from '../error-line.ts';
import { filterOf } from '../filter/filter-option.ts';
import { answerOf, answerSchema, answerText } from './tool-answer.ts';
import {
  type RecommendArguments,
  recommendArguments,
  type SearchArguments,
  type SimilarArguments,
  searchArguments,
  similarArguments,
} from './tool-arguments.ts';

export interface McpContext {
  client: KindredClient;
  /** Where the client talks to, for messages. */
  address: string;
  version: string;
  /** Collection of calls that name none. */
  collection?: string;
}

interface Found {
  hits: Hit[];
  plan?: Plan;
}

const instructions =
  'Kindred searches the items of a company (products, films, articles, documents) in its own database and recommends ' +
  'them to its users. Prices and stock are those of this moment.';

/** Reads only, and nothing beyond the server it is connected to. */
const annotations = { readOnlyHint: true, openWorldHint: false };

/** The tools search, similar and recommend over one Kindred. What goes wrong is a tool error that says the way out. */
export function mcpServer(context: McpContext): McpServer {
  const server = new McpServer({ name: 'kindred', version: context.version }, { instructions });
  const { collection } = context;
  const where = collection === undefined ? '' : ` Default collection: "${collection}".`;
  const tool = (title: string, description: string) => ({
    title,
    description: `${description}${where}`,
    outputSchema: answerSchema,
    annotations,
  });
  server.registerTool(
    'search',
    {
      ...tool('Search', 'Find items by what they are about, with conditions on their fields.'),
      inputSchema: searchArguments,
    },
    (given, { mcpReq: { signal } }) => answered(context, given, (name, said) => search(context, name, said, signal)),
  );
  server.registerTool(
    'similar',
    { ...tool('Similar items', 'Find items like an item, or like a basket of items.'), inputSchema: similarArguments },
    (given, { mcpReq: { signal } }) => answered(context, given, (name, said) => similar(context, name, said, signal)),
  );
  server.registerTool(
    'recommend',
    {
      ...tool('Recommend', 'Recommend items to a user or a visitor; to nobody in particular: what is popular now.'),
      inputSchema: recommendArguments,
    },
    (given, { mcpReq: { signal } }) => answered(context, given, (name, said) => recommend(context, name, said, signal)),
  );
  return server;
}

async function answered<Given extends { collection?: string }>(
  context: McpContext,
  given: Given,
  find: (collection: string, said: Given) => Promise<Found>,
): Promise<CallToolResult> {
  try {
    const said = withoutBlanks(given);
    const collection = said.collection ?? context.collection ?? (await onlyCollection(context));
    const { hits, plan } = await find(collection, said);
    const answer = answerOf(collection, hits, plan);
    return { content: [{ type: 'text', text: answerText(answer, plan) }], structuredContent: answer };
  } catch (error) {
    return { content: [{ type: 'text', text: await problemOf(context, error) }], isError: true };
  }
}

/** Some models fill in every argument, those they have nothing for with "". */
const withoutBlanks = <Given extends object>(given: Given): Given =>
  Object.fromEntries(Object.entries(given).filter(([name, value]) => name === 'query' || value !== '')) as Given;

async function search({ client }: McpContext, collection: string, given: SearchArguments, signal: AbortSignal) {
  const { query, mode, ...rest } = given;
  const request = { ...(await requestOf(client, collection, rest)), mode: searchModes[mode] };
  return client.search.query({ ...request, by: { $case: 'text', value: query } }, { signal });
}

async function similar({ client }: McpContext, collection: string, given: SimilarArguments, signal: AbortSignal) {
  const { item_ids: itemIds, language } = given;
  const request = { ...(await requestOf(client, collection, given)), language, itemIds };
  return client.recommendation.similar({ ...request, by: SimilarBy.SIMILAR_BY_BLEND }, { signal });
}

async function recommend({ client }: McpContext, collection: string, given: RecommendArguments, signal: AbortSignal) {
  const { user_id: userId, session_id: sessionId, language } = given;
  if (userId !== undefined && sessionId !== undefined) {
    throw new UsageError('user_id and session_id are both given; give one of them');
  }
  const request = { ...(await requestOf(client, collection, given)), language, userId, sessionId };
  return client.recommendation.recommend(request, { signal });
}

/** The declared attributes type the filter's values, so they are asked for where there is one. */
async function requestOf(client: KindredClient, collection: string, given: { filter?: string; limit: number }) {
  const { filter, limit } = given;
  const attributes = filter === undefined ? [] : await attributesOf(client, collection);
  return { collection, limit, filter: filterOf(filter === undefined ? [] : [filter], attributes) };
}

async function onlyCollection({ client }: McpContext): Promise<string> {
  const names = await collectionNames(client);
  if (names.length === 1) return names[0]!;
  throw new UsageError(`collection is missing; ${oneOf(names)}`);
}

async function problemOf({ client, address }: McpContext, error: unknown): Promise<string> {
  if (error instanceof KindredClientError && error.code === 'COLLECTION_NOT_FOUND') {
    return `collection: ${error.message}; ${oneOf(await collectionNames(client).catch(() => []))}`;
  }
  return errorMessage(error, address);
}

const collectionNames = async (client: KindredClient): Promise<string[]> =>
  (await client.catalog.listCollections({})).collections.map(({ name }) => name);

const oneOf = (names: string[]) =>
  names.length === 0 ? 'there are no collections yet' : `give one of: ${names.join(', ')}`;
