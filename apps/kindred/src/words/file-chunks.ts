import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';

const chunkBytes = 512 * 1024;

/** A file's bytes, in pieces that fit a message. */
export const chunksOf = (file: string): AsyncIterable<Buffer> => createReadStream(file, { highWaterMark: chunkBytes });

export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new CliError(`${path} is a folder; name the files in it, like ${path}/*.txt`);
  return found !== undefined;
}

export async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size;
}
