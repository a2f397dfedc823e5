import { isDeepStrictEqual } from 'node:util';
import {
  Distance,
  IndexElement,
  IndexKind,
  KindredError,
  type IndexSettings as WireSettings,
} from '@kindred/contracts';
import { type AttributeDeclaration, type IndexSettings, indexProblem, segmentProblem } from '@kindred/vector-index';

const kinds = {
  [IndexKind.INDEX_KIND_UNSPECIFIED]: 'auto',
  [IndexKind.INDEX_KIND_AUTO]: 'auto',
  [IndexKind.INDEX_KIND_EXACT]: 'exact',
  [IndexKind.INDEX_KIND_HNSW]: 'hnsw',
  [IndexKind.INDEX_KIND_IVFFLAT]: 'ivfflat',
} as const;
const distances = {
  [Distance.DISTANCE_COSINE]: 'cosine',
  [Distance.DISTANCE_INNER_PRODUCT]: 'inner_product',
  [Distance.DISTANCE_L2]: 'l2',
  [Distance.DISTANCE_L1]: 'l1',
  [Distance.DISTANCE_HAMMING]: 'hamming',
  [Distance.DISTANCE_JACCARD]: 'jaccard',
} as const;
const elements = {
  [IndexElement.INDEX_ELEMENT_STORED]: 'stored',
  [IndexElement.INDEX_ELEMENT_HALF]: 'half',
  [IndexElement.INDEX_ELEMENT_BIT]: 'bit',
} as const;

/** What the collection asks of its vector index; throws FIELD_INVALID where no collection can have that. */
export function indexDeclaration(
  wire: WireSettings | undefined,
  attributes: readonly AttributeDeclaration[],
): IndexSettings {
  const kind = named(kinds, wire?.kind ?? IndexKind.INDEX_KIND_AUTO, 'kind') ?? 'auto';
  const { m, efConstruction, lists, efSearch, probes, segments = [] } = wire ?? {};
  const distance = named(distances, wire?.distance ?? 0, 'distance');
  const element = named(elements, wire?.element ?? 0, 'element');
  const settings = { m, efConstruction, lists, distance, element, efSearch, probes, segments: segmentsOf(segments) };
  // As it comes back from JSON: what is absent has no key.
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const declared: IndexSettings = { kind, ...given };
  const problem = indexProblem(declared) ?? segmentProblem(declared.segments ?? [], attributes);
  if (problem) throw invalid(problem);
  return declared;
}

/** As a list has to say it that nothing is to have a graph of its own: an empty one leaves it to what is asked. */
const none = 'none';
const segmentsOf = (fields: string[]) =>
  isDeepStrictEqual(fields, [none]) ? [] : fields.length > 0 ? fields : undefined;

/** The error of a problem with the settings. */
export function invalid({ field, message }: { field: string; message: string }): KindredError {
  const path = `collection.index.${field}`;
  // Clients put the field before a message that does not name it.
  const named = message.startsWith(`${field} `) ? `collection.index.${message}` : `${path}: ${message}`;
  return new KindredError('FIELD_INVALID', path, named);
}

/** A stored declaration back to its wire form. */
export function indexOnWire(index: Partial<IndexSettings>): WireSettings {
  const { kind = 'auto', m, efConstruction, lists, distance, element, efSearch, probes, segments } = index;
  return {
    kind: kind === 'auto' ? IndexKind.INDEX_KIND_AUTO : Number(numberOf(kinds, kind)),
    m,
    efConstruction,
    lists,
    distance: Number(numberOf(distances, distance) ?? Distance.DISTANCE_UNSPECIFIED),
    element: Number(numberOf(elements, element) ?? IndexElement.INDEX_ELEMENT_UNSPECIFIED),
    efSearch,
    probes,
    segments: segments?.length === 0 ? [none] : (segments ?? []),
  };
}

function named<Name extends string>(names: Record<number, Name>, value: number, field: string): Name | undefined {
  if (value === 0 || names[value]) return names[value];
  const known = [...new Set(Object.values(names))].join(', ');
  throw invalid({ field, message: `${field} ${value} is unknown; use ${known}` });
}

const numberOf = (names: Record<number, string>, wanted: string | undefined) =>
  Object.keys(names).find((key) => names[Number(key)] === wanted);
