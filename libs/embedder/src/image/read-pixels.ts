import { KindredError } from '@kindred/contracts';
import type { Sharp, SharpConstructor } from 'sharp';
import { checkMediaType } from '../media/media-type.ts';

export interface PixelLimits {
  /** Most pixels, width x height, that are decoded. */
  pixels: number;
  /** Longest time for one picture. */
  seconds: number;
}

/** 50 megapixels are 150 MB while they are decoded. */
export const defaultPixelLimits: PixelLimits = { pixels: 50_000_000, seconds: 10 };

/** Width and height that pictures are brought to. */
export const side = 128;

let loading: Promise<SharpConstructor> | undefined;

/** The library is loaded when an image is first read; its native part may be missing on a platform. */
export function loadSharp(): Promise<SharpConstructor> {
  loading ??= import('sharp').then((module) => module.default as SharpConstructor);
  return loading.catch((cause) => {
    const message =
      'The package "sharp" cannot be loaded on this platform; run npm install sharp, or use another provider';
    throw new KindredError('MODEL_UNUSABLE', 'provider', message, { cause });
  });
}

export interface Picture {
  /** Red, green, blue of each pixel, row by row. */
  pixels: Uint8Array;
  width: number;
  height: number;
}

/**
 * A picture upright, on white, stretched to `side` x `side`: bytes of red, green, blue, row by row. Of animations the
 * first frame. Throws MEDIA_UNREADABLE with the field; the pixel limit is checked on the header, before decoding.
 */
export async function readPixels(bytes: Uint8Array, limits: PixelLimits, field: string): Promise<Uint8Array> {
  const picture = await openPicture(bytes, limits, field);
  return picture.resize(side, side, { fit: 'fill' }).raw().toBuffer().catch(unreadable(field));
}

/** A picture upright, on white, in its own shape; one with a shorter side above `shorter` pixels is made smaller. */
export async function readShape(
  bytes: Uint8Array,
  shorter: number,
  limits: PixelLimits,
  field: string,
): Promise<Picture> {
  const picture = await openPicture(bytes, limits, field);
  const { data, info } = await picture
    .resize(shorter, shorter, { fit: 'outside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(unreadable(field));
  return { pixels: data, width: info.width, height: info.height };
}

async function openPicture(bytes: Uint8Array, limits: PixelLimits, field: string): Promise<Sharp> {
  checkMediaType(bytes, 'image', field);
  const sharp = await loadSharp();
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata().catch(unreadable(field));
  if (width * height > limits.pixels) {
    const message = `${field} has ${width} x ${height} pixels, more than ${limits.pixels}; send a smaller picture`;
    throw new KindredError('MEDIA_UNREADABLE', field, message);
  }
  return sharp(bytes, { limitInputPixels: limits.pixels, failOn: 'error', sequentialRead: true })
    .timeout({ seconds: limits.seconds })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColorspace('srgb')
    .removeAlpha();
}

const unreadable = (field: string) => (cause: unknown) => {
  const message = `${field} is a damaged picture, or takes too long to decode; send it again from an intact file`;
  throw new KindredError('MEDIA_UNREADABLE', field, message, { cause });
};
