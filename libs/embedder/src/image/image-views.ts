import type { Sharp } from 'sharp';
import { defaultPixelLimits, loadSharp, readPixels, side } from './read-pixels.ts';

/** Share of each side that a cropped corner is taken to have kept. */
const kept = Math.round(side * 0.8);
const gone = side - kept;

/**
 * Other pictures to query the built-in image model by, small, as PNGs: first the picture with left and right exchanged, exactly
 * as the model sees it; then the picture in each corner of a larger one whose rest is its reflection, so that what a crop
 * from a corner left stands where it stood. Throws MEDIA_UNREADABLE with the field.
 */
export async function imageViews(bytes: Uint8Array, field = 'image'): Promise<Uint8Array[]> {
  const pixels = await readPixels(bytes, defaultPixelLimits, field);
  const sharp = await loadSharp();
  const picture = () => sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  const inCorner = (left: number, top: number) =>
    picture()
      .resize(kept, kept, { fit: 'fill' })
      .extend({ left, top, right: gone - left, bottom: gone - top, extendWith: 'mirror' });
  const corners = [0, gone].flatMap((top) => [0, gone].map((left) => inCorner(left, top)));
  return Promise.all([picture().flop(), ...corners].map((view: Sharp) => view.png().toBuffer()));
}
