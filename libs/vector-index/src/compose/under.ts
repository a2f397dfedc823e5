import { KindredError } from '@kindred/contracts';

/** Runs `work`; what it refuses is named by its place below `path`, "mix.parts[0]" say, and `where` is added to the message. */
export async function under<Result>(path: string, work: () => Result | Promise<Result>, where = ''): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw placed(error, path, where);
  }
}

export function placed(error: unknown, path: string, where = ''): unknown {
  if (!(error instanceof KindredError) || (path === '' && where === '')) return error;
  const { code, field, message } = error;
  if (error.status !== 'INVALID_ARGUMENT' && field === '') return error;
  const full = [path, field].filter((part) => part !== '').join('.');
  const begins = field !== '' && message.startsWith(field);
  const named = begins ? full + message.slice(field.length) : path === '' ? message : `${full}: ${message}`;
  return new KindredError(code, full, where === '' ? named : `${named} (${where})`, { cause: error });
}

/** For what a caller set wrongly. */
export const invalid = (field: string, is: string, wayOut: string) =>
  new KindredError('FIELD_INVALID', field, `${field} ${is}; ${wayOut}`);

export const missing = (field: string, wayOut: string) =>
  new KindredError('FIELD_MISSING', field, `${field} is missing; ${wayOut}`);
