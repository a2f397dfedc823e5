// Pictures made on the spot. Seeded: the same every time.
import sharp, { type Sharp } from 'sharp';

/** A picture of `count` soft blots of several colors, 320 x 240, not symmetric. */
export function blots(seed: number, count = 12): Sharp {
  const width = 320;
  const height = 240;
  const random = randomFrom(seed);
  const spots = Array.from({ length: count }, () => ({
    x: random() * width,
    y: random() * height,
    radius: 15 + random() * 50,
    color: [random() * 255, random() * 255, random() * 255],
  }));
  const pixels = Buffer.alloc(width * height * 3, 230);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const spot = spots.findLast((each) => Math.hypot(x - each.x, y - each.y) < each.radius);
    if (spot) pixels.set(spot.color.map(Math.floor), at * 3);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** One color, as "#rrggbb" or a CSS name. */
export function plain(background: string): Sharp {
  return sharp({ create: { width: 64, height: 64, channels: 3, background } });
}

/** Numbers from 0 to 1 (Numerical Recipes' linear congruence, modulo 2^32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
