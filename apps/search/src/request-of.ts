import {
  FusionMethod,
  KindredError,
  SearchMode as Mode,
  type QueryRequest,
  type Fusion as WireFusion,
} from '@kindred/contracts';
import type { MediaAccess } from '@kindred/embedder';
import { type Fusion, type SearchBy, type SearchMode, type SearchRequest } from '@kindred/vector-index';
import { queryImage } from './query-image.ts';

/** The wire request as a search; throws a KindredError for what is missing or not built yet. */
export async function searchRequestOf(
  request: QueryRequest,
  tenant: string,
  media: MediaAccess,
  signal: AbortSignal,
): Promise<SearchRequest> {
  refuseUnbuilt(request);
  const { collection, filter, limit, pageToken, params, with: wanted } = request;
  return {
    tenant,
    collection,
    by: await byOf(request, media, signal),
    mode: modes[request.mode],
    model: request.model === '' ? undefined : { name: request.model },
    filter,
    limit,
    pageToken,
    exact: params?.exact,
    efSearch: params?.efSearch,
    fusion: fusionOf(request.fusion),
    payload: wanted?.payload,
    vectors: wanted?.vectors,
    explain: wanted?.explain,
    signal,
  };
}

const modes: Partial<Record<Mode, SearchMode>> = {
  [Mode.SEARCH_MODE_HYBRID]: 'hybrid',
  [Mode.SEARCH_MODE_LEXICAL]: 'lexical',
  [Mode.SEARCH_MODE_DENSE]: 'dense',
};

async function byOf({ by }: QueryRequest, media: MediaAccess, signal: AbortSignal): Promise<SearchBy> {
  switch (by?.$case) {
    case 'text':
      return { kind: 'text', text: by.value };
    case 'vector':
      return { kind: 'vector', values: by.value.values, model: by.value.model };
    case 'itemIds':
      return { kind: 'items', itemIds: by.value.ids };
    case 'userId':
      return { kind: 'user', userId: by.value };
    case 'recommend':
      return { kind: 'recommend', positive: by.value.positive, negative: by.value.negative };
    case 'image':
      return { kind: 'image', bytes: await queryImage(by.value, media, signal) };
    default:
      throw new KindredError(
        'FIELD_MISSING',
        'by',
        'Nothing to search by; give text, vector, image, item_ids, user_id or recommend',
      );
  }
}

function fusionOf(fusion: WireFusion | undefined): Fusion | undefined {
  if (!fusion) return undefined;
  if (fusion.method === FusionMethod.FUSION_METHOD_RRF) return { method: 'rrf', k: fusion.rrfK ?? 60 };
  return { method: 'normalized', denseWeight: fusion.denseWeight };
}

function refuseUnbuilt({ params, diversity }: QueryRequest): void {
  if (params?.recallTarget !== undefined) throw unbuilt('params.recall_target', 'set params.ef_search or params.exact');
  if (diversity) throw unbuilt('diversity', 'leave it out; Recommend and Similar have it');
}

const unbuilt = (field: string, wayOut: string) =>
  new KindredError('NOT_IMPLEMENTED_YET', field, `${field} is not supported yet; ${wayOut}`);
