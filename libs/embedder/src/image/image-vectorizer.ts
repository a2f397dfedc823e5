import { colorHistogram, colorHistogramDimensions } from './color-histogram.ts';
import { orientedGradients, orientedGradientsDimensions } from './oriented-gradients.ts';
import { perceptualHash, perceptualHashBits } from './perceptual-hash.ts';
import { side } from './read-pixels.ts';
import { toLength1 } from './to-length-1.ts';

export interface ImageParameters {
  /** Shares of the cosine that each part takes. */
  shape: number;
  hash: number;
  color: number;
  /** How much the middle of the picture outweighs its border. */
  focus: number;
}

/** Side of the gray picture that is hashed. */
const hashed = 32;

export function imageDimensions({ color }: ImageParameters): number {
  return orientedGradientsDimensions + perceptualHashBits + (color > 0 ? colorHistogramDimensions : 0);
}

/** Pixels of `readPixels` to a vector of length 1: shape, hash and, where its share is above 0, color. */
export function imageVector(pixels: Uint8Array, parameters: ImageParameters): Float32Array {
  const gray = grayOf(pixels);
  const parts: [number, Float32Array][] = [
    [parameters.shape, orientedGradients(gray, side, parameters.focus)],
    [parameters.hash, perceptualHash(shrink(gray), hashed)],
  ];
  if (parameters.color > 0) parts.push([parameters.color, colorHistogram(pixels)]);
  const joined = new Float32Array(imageDimensions(parameters));
  let at = 0;
  for (const [share, part] of parts) {
    joined.set(
      part.map((value) => value * Math.sqrt(share)),
      at,
    );
    at += part.length;
  }
  return toLength1(joined);
}

/** Luma of ITU-R BT.601. */
function grayOf(pixels: Uint8Array): Float32Array {
  return Float32Array.from(
    { length: side * side },
    (_, at) => 0.299 * pixels[at * 3]! + 0.587 * pixels[at * 3 + 1]! + 0.114 * pixels[at * 3 + 2]!,
  );
}

function shrink(gray: Float32Array): Float32Array {
  const factor = side / hashed;
  const small = new Float32Array(hashed * hashed);
  for (let at = 0; at < gray.length; at++) {
    const [y, x] = [Math.floor(at / side / factor), Math.floor((at % side) / factor)];
    small[y * hashed + x]! += gray[at]! / factor ** 2;
  }
  return small;
}
