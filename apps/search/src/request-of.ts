import {
  FusionMethod,
  KindredError,
  SearchMode as Mode,
  type QueryRequest,
  Typos,
  Distance as WireDistance,
  type Fusion as WireFusion,
  type TextOptions as WireTextOptions,
} from '@kindred/contracts';
import type { MediaAccess } from '@kindred/embedder';
import {
  type Distance,
  type Fusion,
  invalid,
  type SearchBy,
  type SearchMode,
  type SearchRequest,
  type TextOptions,
} from '@kindred/vector-index';
import { queryImage } from './query-image.ts';

/** The wire request as a search; throws a KindredError for what is missing or wrong. */
export async function searchRequestOf(
  request: QueryRequest,
  tenant: string,
  media: MediaAccess,
  signal: AbortSignal,
): Promise<SearchRequest> {
  const { collection, filter, limit, pageToken, params, with: wanted } = request;
  return {
    tenant,
    collection,
    by: await byOf(request, media, signal),
    mode: modeOf(request.mode),
    model: request.model === '' ? undefined : { name: request.model },
    filter,
    limit,
    pageToken,
    exact: params?.exact,
    efSearch: params?.efSearch,
    probes: params?.probes,
    recallTarget: params?.recallTarget,
    distance: distanceOf(params?.distance),
    fusion: fusionOf(request.fusion),
    payload: wanted?.payload,
    vectors: wanted?.vectors,
    explain: wanted?.explain,
    textOptions: textOptionsOf(request.textOptions),
    signal,
  };
}

const modes: Partial<Record<Mode, SearchMode>> = {
  [Mode.SEARCH_MODE_HYBRID]: 'hybrid',
  [Mode.SEARCH_MODE_LEXICAL]: 'lexical',
  [Mode.SEARCH_MODE_DENSE]: 'dense',
};

const distances: Partial<Record<WireDistance, Distance>> = {
  [WireDistance.DISTANCE_COSINE]: 'cosine',
  [WireDistance.DISTANCE_INNER_PRODUCT]: 'inner_product',
  [WireDistance.DISTANCE_L2]: 'l2',
  [WireDistance.DISTANCE_L1]: 'l1',
  [WireDistance.DISTANCE_HAMMING]: 'hamming',
  [WireDistance.DISTANCE_JACCARD]: 'jaccard',
};

/** Undefined where none is named. */
function modeOf(wanted: Mode): SearchMode | undefined {
  const mode = modes[wanted];
  if (mode || wanted === Mode.SEARCH_MODE_UNSPECIFIED) return mode;
  throw invalid('mode', `is ${wanted}, which is none`, 'leave it out, or use hybrid, lexical or dense');
}

function distanceOf(wanted: WireDistance | undefined): Distance | undefined {
  if (!wanted) return undefined;
  const distance = distances[wanted];
  if (distance) return distance;
  const message = `params.distance is ${wanted}, which is none; leave it out for the collection's own`;
  throw new KindredError('FIELD_INVALID', 'params.distance', message);
}

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
  checkFusionMethod(fusion, '');
  if (fusion.method === FusionMethod.FUSION_METHOD_RRF) return { method: 'rrf', k: fusion.rrfK ?? 60 };
  return { method: 'normalized', denseWeight: fusion.denseWeight };
}

/** Throws by the field's path for a method that is none. */
export function checkFusionMethod({ method }: WireFusion, path: string): void {
  if (fusionMethods.includes(method)) return;
  throw invalid(`${path}fusion.method`, `is ${method}, which is none`, 'leave it out, or use normalized or rrf');
}

const fusionMethods = [
  FusionMethod.FUSION_METHOD_UNSPECIFIED,
  FusionMethod.FUSION_METHOD_NORMALIZED,
  FusionMethod.FUSION_METHOD_RRF,
];
const typos = [Typos.TYPOS_UNSPECIFIED, Typos.TYPOS_AUTO, Typos.TYPOS_OFF];

function textOptionsOf(options: WireTextOptions | undefined): TextOptions | undefined {
  if (options && !typos.includes(options.typos)) {
    throw invalid('text_options.typos', `is ${options.typos}, which is none`, 'leave it out, or use auto or off');
  }
  return options && { ...options, withoutTypos: options.typos === Typos.TYPOS_OFF };
}
