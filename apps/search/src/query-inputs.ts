import { type EmbedInput, mirroredImage } from '@kindred/embedder';
import type { ModelTable, QueryInput } from '@kindred/vector-index';

/**
 * What is embedded for a query: itself, and for the built-in model of pictures its mirror image, which that model takes
 * for another picture (docs/media.md).
 */
export async function queryInputs({ identity }: ModelTable, input: QueryInput): Promise<EmbedInput[]> {
  if (input.kind !== 'image' || identity.provider !== 'image') return [input];
  return [input, { kind: 'image', bytes: await mirroredImage(input.bytes) }];
}
