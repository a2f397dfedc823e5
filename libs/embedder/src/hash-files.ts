import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 over the names and bytes of files below a folder, in their order, and what else decides a model's vectors; hex. */
export async function hashFiles(folder: string, paths: readonly string[], parameters: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = createHash('sha256');
    await pipeline(createReadStream(join(folder, path)), bytes);
    hash.update(`${path} ${bytes.digest('hex')}\n`);
  }
  return hash.update(parameters).digest('hex');
}

/** Whether there is a file at a path, links followed. */
export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
