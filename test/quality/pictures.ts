import { readdirSync, readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { datasetPath } from './datasets.ts';

export interface Picture {
  /** Name of its folder, like "dress". */
  kind: string;
  bytes: Uint8Array;
}

/** 372 photographs of clothes in ten classes; the classes say what is shown, not which pictures are alike. */
export function clothing(): Picture[] {
  const root = datasetPath('clothing-small-test/test');
  return readdirSync(root)
    .sort()
    .flatMap((kind) =>
      readdirSync(`${root}/${kind}`)
        .sort()
        .map((file) => ({ kind, bytes: readFileSync(`${root}/${kind}/${file}`) })),
    );
}

type Change = (picture: Sharp, size: { width: number; height: number }) => Sharp;

/** Keeps a share of each side; `x` and `y` from 0 (left, top) to 1 say where. */
const crop =
  (share: number, x: number, y: number): Change =>
  (picture, { width, height }) => {
    const kept = { width: Math.round(width * share), height: Math.round(height * share) };
    const place = { left: Math.floor((width - kept.width) * x), top: Math.floor((height - kept.height) * y) };
    return picture.extract({ ...place, ...kept });
  };

/** Each is encoded as JPEG again. "20 % crop": a fifth of each side is gone, 36 % of the area. */
export const changes: Record<string, Change> = {
  'JPEG, quality 30': (picture) => picture.jpeg({ quality: 30 }),
  'resized to half': (picture, { width }) => picture.resize(Math.round(width / 2)).jpeg({ quality: 90 }),
  'resized to 128 wide': (picture) => picture.resize(128).jpeg({ quality: 85 }),
  'brightness x 1.4': (picture) => picture.modulate({ brightness: 1.4 }).jpeg({ quality: 90 }),
  'brightness x 0.6': (picture) => picture.modulate({ brightness: 0.6 }).jpeg({ quality: 90 }),
  '20 % crop, middle': crop(0.8, 0.5, 0.5),
  '20 % crop, off the middle': crop(0.8, 0.25, 0.75),
  '20 % crop, corner': crop(0.8, 0, 0),
  'a fifth of the area cropped': crop(Math.sqrt(0.8), 0.5, 0.5),
  flipped: (picture) => picture.flop().jpeg({ quality: 90 }),
  'flipped, JPEG, quality 30': (picture) => picture.flop().jpeg({ quality: 30 }),
};

/** The picture, changed, as a new file. */
export async function changed(bytes: Uint8Array, change: Change): Promise<Uint8Array> {
  const upright = await sharp(bytes).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = upright.info;
  return change(sharp(upright.data, { raw: { width, height, channels } }), { width, height })
    .jpeg()
    .toBuffer();
}

/** Mean red, green and blue of the middle half, where the thing is. */
export async function middleColor(bytes: Uint8Array): Promise<number[]> {
  const four = sharp(bytes).autoOrient().removeAlpha().resize(4, 4, { fit: 'fill' });
  const pixels = await four.extract({ left: 1, top: 1, width: 2, height: 2 }).raw().toBuffer();
  return [0, 1, 2].map(
    (channel) => (pixels[channel]! + pixels[3 + channel]! + pixels[6 + channel]! + pixels[9 + channel]!) / 4,
  );
}
