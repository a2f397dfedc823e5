import { defaultPixelLimits, readMirrored } from './read-pixels.ts';

/**
 * A picture with left and right exchanged, small, as a PNG: a second query of the built-in image model that finds flipped
 * copies. Exact: it has the pixels that the model looks at. Throws MEDIA_UNREADABLE with the field.
 */
export function mirroredImage(bytes: Uint8Array, field = 'image'): Promise<Uint8Array> {
  return readMirrored(bytes, defaultPixelLimits, field);
}
