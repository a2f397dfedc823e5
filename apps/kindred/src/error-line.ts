import { KindredClientError } from '@kindred/client';
import { CliError } from './cli-error.ts';
import { style } from './output/style.ts';

export const isNotFound = (error: unknown): boolean =>
  error instanceof KindredClientError && error.code === 'COLLECTION_NOT_FOUND';

/** The one line a failed command ends with, and its exit code. `address` is where the command talked to. */
export function errorLine(error: unknown, address: string): { line: string; exitCode: number } {
  const exitCode = error instanceof CliError ? error.exitCode : 1;
  if (exitCode === 130) return { line: errorMessage(error, address), exitCode };
  return { line: `${style(['red', 'bold'], 'error:', process.stderr)} ${errorMessage(error, address)}`, exitCode };
}

/** What is wrong and the way out, in one line. */
export function errorMessage(error: unknown, address: string): string {
  if (!(error instanceof KindredClientError)) return error instanceof Error ? error.message : String(error);
  switch (error.code) {
    case 'UNREACHABLE':
      return `no answer from ${address}. Is Kindred running? Start it with npm start, or set KINDRED_ADDRESS (or --address)`;
    case 'API_KEY_MISSING':
      return `${address} wants an API key; set KINDRED_API_KEY, or give --api-key`;
    case 'DEADLINE_EXCEEDED':
      return `${address} did not answer in time; it may be busy: try again, or wait longer with --timeout`;
    case 'COLLECTION_NOT_FOUND':
      return `${error.message} (kindred collections list shows what there is)`;
    case 'MODEL_NOT_FOUND':
      return `${error.message} (kindred models list shows what there is)`;
    case 'DATASET_NOT_FOUND':
      return `${error.message} (kindred datasets list shows what there is)`;
    case 'TRAINING_RUNNING':
    case 'TRAINING_RUN_NOT_FOUND':
      return `${error.message} (kindred trainings shows them)`;
    case 'EXPERIMENT_NOT_FOUND':
      return `${error.message} (kindred experiments list shows what there is)`;
    default:
      return error.field === '' || error.message.includes(error.field)
        ? error.message
        : `${error.field}: ${error.message}`;
  }
}
