import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../cli-error.ts';

/** Throws where files could not be written into the folder, which need not be there: before minutes of measuring. */
export async function checkFolder(folder: string): Promise<void> {
  const problem = await problemOf(resolve(folder));
  if (problem !== undefined) throw new UsageError(`--output ${folder}: ${problem}`);
}

/** Of the path, or of the nearest that is there above it. */
async function problemOf(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return `${path} is no folder`;
    await access(path, constants.W_OK);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Of what is below a file; the file itself says more.
    if ((code === 'ENOENT' || code === 'ENOTDIR') && dirname(path) !== path) return problemOf(dirname(path));
    return code === 'EACCES' || code === 'EROFS' ? `${path} cannot be written to` : message;
  }
}
