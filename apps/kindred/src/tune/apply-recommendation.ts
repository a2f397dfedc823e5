import type { KindredClient } from '@kindred/client';
import { IndexKind } from '@kindred/contracts';
import { CliError } from '../cli-error.ts';
import type { TuneResult } from './tune-result.ts';
import type { TunedCollection } from './tuned-collection.ts';

const unfit: Partial<Record<IndexKind, string>> = {
  [IndexKind.INDEX_KIND_EXACT]: 'to be searched exactly',
  [IndexKind.INDEX_KIND_IVFFLAT]: 'with IVFFlat',
};

/** Throws where what would be recommended could not be applied: before minutes of measuring. */
export async function checkApplicable(client: KindredClient, of: TunedCollection): Promise<void> {
  const { name, tenant } = of;
  const { collection } = await client.catalog.getCollection({ name });
  // One name in two databases, or of two tenants: made at the same millisecond it is the same collection.
  if (collection!.createdAt?.getTime() !== of.createdAt.getTime()) {
    const what = `the server has another "${name}" than tenant "${tenant}" of DATABASE_URL`;
    throw new CliError(
      `${what}: give the --address of its server and an --api-key of "${tenant}", or leave out --apply`,
    );
  }
  const how = unfit[collection!.index?.kind ?? IndexKind.INDEX_KIND_UNSPECIFIED];
  if (how === undefined) return;
  const way = `declare it with "kindred collections put ${name} --index hnsw" first, or leave out --apply`;
  throw new CliError(`"${name}" is declared ${how}, and --apply writes settings of HNSW: ${way}`);
}

/** Writes m, ef_construction and ef_search to the collection; returns what that means, in sentences. */
export async function applyRecommendation(
  client: KindredClient,
  name: string,
  { variant, breadth }: TuneResult,
): Promise<string[]> {
  if (variant.method !== 'hnsw') throw new CliError(`${variant.method} is not applied; choose an HNSW setting`);
  const { collection } = await client.catalog.getCollection({ name });
  const { m, efConstruction } = variant;
  await client.catalog.putCollection({
    collection: { ...collection!, index: { ...collection!.index!, m, efConstruction, efSearch: breadth } },
  });
  const { indexes } = await client.models.listIndexes({ collection: name });
  const isBuilt = indexes.every((index) => index.m === m && index.efConstruction === efConstruction);
  return [
    `applied to ${name}: m=${m} ef_construction=${efConstruction} ef_search=${breadth}`,
    isBuilt
      ? 'ef_search holds from now on; the index has these links already'
      : 'ef_search holds from now on; the index is built anew in the background (kindred indexes list)',
  ];
}
