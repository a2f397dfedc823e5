import { parseModelName } from '@kindred/client';
import type { ModelRef } from '@kindred/contracts';
import { InvalidArgumentError } from 'commander';

/** NAME or NAME@VERSION, or a usage error that says so. */
export function modelArgument(text: string): ModelRef {
  try {
    return parseModelName(text);
  } catch {
    throw new InvalidArgumentError('Write NAME, which is its newest version, or NAME@VERSION.');
  }
}
