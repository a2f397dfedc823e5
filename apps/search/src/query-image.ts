import { KindredError, type QueryImage } from '@kindred/contracts';
import { loadMedia, type MediaAccess } from '@kindred/embedder';

/** The picture to search by; errors name image.content or image.url. */
export async function queryImage(
  { source }: QueryImage,
  { limits, resources }: MediaAccess,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (!source || source.value.length === 0) {
    throw new KindredError('FIELD_MISSING', 'image', 'image is empty; give its content or its url');
  }
  const field = `image.${source.$case}`;
  return loadMedia(source.value, limits, { ...resources, kind: 'image', field, signal });
}
