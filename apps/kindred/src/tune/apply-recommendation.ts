import type { KindredClient } from '@kindred/client';
import { IndexKind } from '@kindred/contracts';
import { CliError } from '../cli-error.ts';
import type { TuneResult } from './tune-result.ts';

/** Writes m, ef_construction and ef_search to the collection; returns what that means, in sentences. */
export async function applyRecommendation(
  client: KindredClient,
  name: string,
  { variant, breadth }: TuneResult,
): Promise<string[]> {
  if (variant.method !== 'hnsw') throw new CliError(`${variant.method} is not applied; choose an HNSW setting`);
  const { collection } = await client.catalog.getCollection({ name });
  const index = collection!.index;
  if (index?.kind === IndexKind.INDEX_KIND_EXACT)
    throw new CliError(`"${name}" is declared to be searched exactly (index.kind); nothing was applied`);
  const { m, efConstruction } = variant;
  await client.catalog.putCollection({
    collection: { ...collection!, index: { ...index!, m, efConstruction, efSearch: breadth } },
  });
  const lines = [`applied to ${name}: m=${m} ef_construction=${efConstruction} ef_search=${breadth}`];
  if (index?.m !== m || index?.efConstruction !== efConstruction)
    lines.push('ef_search holds from now on; the index is built anew in the background (kindred indexes list)');
  return lines;
}
