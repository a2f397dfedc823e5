import type { IndexSettings } from '../collection.store.ts';
import { hnswFrom, ivfflatFrom } from '../thresholds.ts';
import { dimensionProblem } from './index-problem.ts';
import { bloatOf } from './index-size.ts';
import { type IndexSpec, type StoredVectors, sameIndex, wantedIndex } from './index-spec.ts';
import { sameSegments } from './segments.ts';
import type { PartitionState } from './vector-index.store.ts';

export interface Due {
  spec: IndexSpec;
  reason: 'large' | 'settings' | 'segments' | 'bloat' | 'interrupted' | 'recent';
}

/** Vectors from which the settings call for an index; undefined where they never do. */
export function indexFrom(settings: IndexSettings): number | undefined {
  if (settings.kind === 'exact') return undefined;
  if (settings.kind === 'ivfflat') return ivfflatFrom;
  return settings.kind === 'hnsw' ? 1 : hnswFrom;
}

/** The index that the collection should have, at its present size. */
export function indexFor(settings: IndexSettings, stored: StoredVectors): IndexSpec {
  return dimensionProblem(settings, stored) || !indexable(settings, stored)
    ? { method: 'none' }
    : wantedIndex(settings, stored);
}

/** An automatic index over more dimensions than pgvector takes is left out. */
const indexable = (settings: IndexSettings, { dimensions }: StoredVectors) =>
  dimensions <= 4_000 ||
  settings.element === 'bit' ||
  settings.distance === 'hamming' ||
  settings.distance === 'jaccard';

/** What has to be built; undefined where all is as declared. */
export function indexDue(settings: IndexSettings, state: PartitionState, stored: StoredVectors): Due | undefined {
  const spec = indexFor(settings, stored);
  const large = state.rows >= (indexFrom(settings) ?? Number.POSITIVE_INFINITY);
  if (state.oid === undefined) return large && spec.method !== 'none' ? { spec, reason: 'large' } : undefined;
  const built = state.index?.spec ?? { method: 'none' };
  if (!sameIndex(built, spec, settings)) {
    // A collection that shrank below the threshold keeps what it has.
    if (built.method === 'none' && !large) return undefined;
    return { spec, reason: built.method === 'none' && state.copying ? 'interrupted' : 'settings' };
  }
  if (state.copying) return { spec, reason: 'interrupted' };
  if (!hasSegments(built, spec, stored)) return { spec, reason: 'segments' };
  if (bloatOf(state, built, stored.dimensions).excessive) return { spec, reason: 'bloat' };
  return state.recentRows >= rebuiltAt(state.rows) ? { spec, reason: 'recent' } : undefined;
}

function hasSegments(built: IndexSpec, wanted: IndexSpec, { segments }: StoredVectors): boolean {
  if (built.method !== 'hnsw' || wanted.method !== 'hnsw') return true;
  return sameSegments(built.segments ?? [], wanted.segments ?? [], segments?.fields ?? []);
}

/**
 * Vectors in the recent part from which the index is built anew: half of all. Then a vector is built into an index about
 * twice, .3 ms each, however many come; fewer are moved over one by one (fold-recent.ts).
 */
export const rebuiltAt = (rows: number) => Math.max(10_000, rows / 2);
