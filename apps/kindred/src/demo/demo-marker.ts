import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const shape = z.object({
  version: z.literal(1),
  /** Events of each part that are durably published. A crash between publishing and noting repeats a chunk, which is harmless. */
  published: z.object({ products: z.int(), movies: z.int(), ratings: z.int() }),
  /** Everything was stored and counted. */
  complete: z.boolean(),
});
export type DemoMarker = z.output<typeof shape>;

const nothing: DemoMarker = { version: 1, published: { products: 0, movies: 0, ratings: 0 }, complete: false };

const pathIn = (dataFolder: string) => join(dataFolder, 'demo.json');

/** How far the demo of this data folder is; undefined where it was never begun. */
export async function readMarker(dataFolder: string): Promise<DemoMarker | undefined> {
  try {
    return shape.parse(JSON.parse(await readFile(pathIn(dataFolder), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // A file that cannot be read begins again: every event of the demo may be published twice.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return structuredClone(nothing);
    throw error;
  }
}

export const newMarker = (): DemoMarker => structuredClone(nothing);

/** Replaces the file in one step, so that a crash leaves the old one or the new one. */
export async function writeMarker(dataFolder: string, marker: DemoMarker): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  await writeFile(`${pathIn(dataFolder)}.new`, JSON.stringify(marker));
  await rename(`${pathIn(dataFolder)}.new`, pathIn(dataFolder));
}
