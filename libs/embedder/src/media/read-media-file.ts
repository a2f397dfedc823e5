import { constants, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KindredError } from '@kindred/contracts';
import type { MediaLimits, MediaResources } from './media-access.ts';
import { tooLarge } from './too-large.ts';

// A pipe must not make the reader wait, nor a link put in after the check lead it elsewhere.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file below the allowed folder, links resolved. Errors: MEDIA_ADDRESS_REFUSED, MEDIA_UNREACHABLE, FIELD_TOO_LARGE. */
export async function readMediaFile(url: URL, limits: MediaLimits, resources: MediaResources): Promise<Uint8Array> {
  const field = resources.field ?? 'source';
  const path = await allowedPath(url, resources.folder, field);
  const file = await open(path, flags).catch((cause) => {
    throw notThere(field, cause);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw notThere(field);
    if (stat.size > limits.bytes) throw tooLarge(limits.bytes, field);
    return await file.readFile(resources.signal ? { signal: resources.signal } : {});
  } finally {
    await file.close();
  }
}

/** One message for what is outside and what is not there: names outside the folder are not to be probed. */
async function allowedPath(url: URL, folder: string | undefined, field: string): Promise<string> {
  if (folder === undefined) {
    const message = `${field}: file addresses are not allowed here; use an http(s) address, or have the operator set the folder of media`;
    throw new KindredError('MEDIA_ADDRESS_REFUSED', field, message);
  }
  try {
    const root = await realpath(folder);
    const path = await realpath(fileURLToPath(url));
    const below = relative(root, path);
    if (below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)) return path;
  } catch (cause) {
    throw outside(field, cause);
  }
  throw outside(field);
}

const outside = (field: string, cause?: unknown) =>
  new KindredError(
    'MEDIA_ADDRESS_REFUSED',
    field,
    `${field}: there is no such file below the folder of media; check the path`,
    { cause },
  );

const notThere = (field: string, cause?: unknown) =>
  new KindredError('MEDIA_UNREACHABLE', field, `${field}: the file cannot be read; check what it is and its rights`, {
    cause,
  });
