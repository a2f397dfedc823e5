import { readFile } from 'node:fs/promises';
import { CliError, UsageError } from '../cli-error.ts';

/**
 * Parameters of --params and --param together; --param wins. A value that is JSON is what it says (384, true, null,
 * ["a"], "384" in quotes), any other is a text.
 */
export async function modelParameters(pairs: string[] = [], file?: string): Promise<Record<string, unknown>> {
  return { ...(file === undefined ? {} : await readParameters(file)), ...Object.fromEntries(pairs.map(parameter)) };
}

export function parameter(pair: string): [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 1) throw new UsageError(`--param ${pair} is not key=value`);
  const text = pair.slice(at + 1);
  try {
    return [pair.slice(0, at), JSON.parse(text)];
  } catch {
    return [pair.slice(0, at), text];
  }
}

async function readParameters(file: string): Promise<object> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new CliError(`--params ${file}: ${reason}`, 1, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--params ${file} is not JSON: ${(cause as Error).message}`);
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  throw new UsageError(`--params ${file} must hold one JSON object, like {"folder": "e5-small"}`);
}
