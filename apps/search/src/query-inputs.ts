import { type EmbedInput, imageViews } from '@kindred/embedder';
import type { ModelTable, QueryInput } from '@kindred/vector-index';

/**
 * What is embedded for a query: itself, and for the built-in model of pictures its mirror image, which that model takes for
 * another picture; where duplicates are looked for, also what it may be a crop of (docs/media.md).
 */
export async function queryInputs({ identity, parameters }: ModelTable, input: QueryInput): Promise<EmbedInput[]> {
  if (input.kind !== 'image' || identity.provider !== 'image') return [input];
  const [mirrored, ...uncropped] = await imageViews(input.bytes);
  const views = parameters.purpose === 'similar' ? [mirrored!] : [mirrored!, ...uncropped];
  return [input, ...views.map((bytes) => ({ kind: 'image' as const, bytes }))];
}
