import type { IndexSettings } from '../collection.store.ts';
import { betweenSigns, mostIndexed } from './index-spec.ts';

/** What is wrong with settings, at a field of IndexSettings as the wire contract calls it. */
export interface IndexProblem {
  field: string;
  message: string;
}

/** With fewer signs too many items are equally near. */
const leastBits = 256;

const ranges: [keyof IndexSettings, string, number, number][] = [
  ['m', 'm', 2, 100],
  ['efConstruction', 'ef_construction', 4, 1_000],
  ['lists', 'lists', 1, 32_768],
  ['efSearch', 'ef_search', 1, 1_000],
  ['probes', 'probes', 1, 32_768],
];

/** What no collection can have, with the way out; undefined where all is well. */
export function indexProblem(settings: IndexSettings): IndexProblem | undefined {
  for (const [key, field, low, high] of ranges) {
    const value = settings[key];
    if (value === undefined || (Number(value) >= low && Number(value) <= high)) continue;
    return { field, message: `${field} is ${value}; it must be from ${low} to ${high}` };
  }
  const { m = 2, efConstruction, lists, probes } = settings;
  if (efConstruction !== undefined && efConstruction < 2 * m) {
    return { field: 'ef_construction', message: `ef_construction must be at least twice m (${2 * m})` };
  }
  if (lists !== undefined && probes !== undefined && probes > lists) {
    return { field: 'probes', message: `probes is ${probes} of ${lists} lists; look at no more than there are` };
  }
  return strayProblem(settings) ?? classProblem(settings);
}

/** Numbers of one kind of index do nothing in another. */
function strayProblem(settings: IndexSettings): IndexProblem | undefined {
  const { kind } = settings;
  const of: [keyof IndexSettings, string, IndexSettings['kind'][], string][] = [
    ['m', 'm', ['auto', 'hnsw'], 'HNSW'],
    ['efConstruction', 'ef_construction', ['auto', 'hnsw'], 'HNSW'],
    ['efSearch', 'ef_search', ['auto', 'hnsw'], 'HNSW'],
    ['lists', 'lists', ['ivfflat'], 'IVFFlat'],
    ['probes', 'probes', ['ivfflat'], 'IVFFlat'],
    ['segments', 'segments', ['auto', 'hnsw'], 'HNSW'],
  ];
  const stray = of.find(([key, , kinds]) => settings[key] !== undefined && !kinds.includes(kind));
  if (!stray) return undefined;
  const [, field, kinds, name] = stray;
  return {
    field,
    message: `${field} is a setting of ${name}, and kind is ${kind}; leave it out, or use kind ${kinds.at(-1)}`,
  };
}

/** pgvector has no operator class for these. */
function classProblem({ kind, distance, element }: IndexSettings): IndexProblem | undefined {
  if (kind === 'exact') return undefined;
  if (betweenSigns(distance) && element !== undefined && element !== 'bit') {
    const message = `${distance} is a distance between signs, and element is ${element}; use element bit or leave it out`;
    return { field: 'element', message };
  }
  if (element === 'bit' && distance === 'l1') {
    const message = 'signs tell nothing of l1; use cosine, inner_product, l2 or hamming, or element half';
    return { field: 'distance', message };
  }
  if (kind === 'ivfflat' && (distance === 'l1' || distance === 'jaccard')) {
    const message = `IVFFlat has no operator class for ${distance}; use kind hnsw, or kind exact`;
    return { field: 'distance', message };
  }
  return undefined;
}

/** What vectors of so many dimensions, stored as `stored`, cannot have. */
export function dimensionProblem(
  { kind, element, distance }: IndexSettings,
  { dimensions, element: stored }: { dimensions: number; element: 'vector' | 'halfvec' },
): IndexProblem | undefined {
  if (kind === 'exact') return undefined;
  const has = `the model has ${dimensions} dimensions`;
  if (element === 'bit' || betweenSigns(distance)) {
    if (dimensions >= leastBits && dimensions <= mostIndexed.bit) return undefined;
    const message = `${has}, and an index of signs needs ${leastBits} to ${mostIndexed.bit}; use element half or stored`;
    return { field: 'element', message };
  }
  const type = element === 'half' || (element === undefined && dimensions > mostIndexed.vector) ? 'halfvec' : stored;
  if (dimensions <= mostIndexed[type]) return undefined;
  if (dimensions <= mostIndexed.halfvec) {
    return { field: 'element', message: `${has}, and ${type} is indexed up to ${mostIndexed[type]}; use element half` };
  }
  // An automatic index is left out where there can be none; what was asked for by name is refused.
  if (kind === 'auto' && element === undefined) return undefined;
  const most = `halves are indexed up to ${mostIndexed.halfvec}`;
  return {
    field: 'element',
    message: `${has}, and ${most}; use element bit (up to ${mostIndexed.bit}), or kind exact`,
  };
}
