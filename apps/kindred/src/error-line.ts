import { CliError } from './cli-error.ts';
import { style } from './output/style.ts';

/** What of a gRPC failure is needed here, whoever throws it. */
interface CallError {
  code: string;
  field: string;
  message: string;
}

const asCallError = (error: unknown): CallError | undefined => {
  const { code, field, message } = error as Partial<CallError>;
  return typeof code === 'string' && typeof message === 'string' ? { code, field: field ?? '', message } : undefined;
};

export const isNotFound = (error: unknown): boolean => asCallError(error)?.code === 'COLLECTION_NOT_FOUND';

/** The one line a failed command ends with, and its exit code. `address` is where the command talked to. */
export function errorLine(error: unknown, address: string): { line: string; exitCode: number } {
  const prefix = style(['red', 'bold'], 'error:', process.stderr);
  if (error instanceof CliError) return { line: `${prefix} ${error.message}`, exitCode: error.exitCode };
  const message = error instanceof Error ? error.message : String(error);
  if (/ECONNREFUSED|No connection established|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(message)) {
    const way = 'Is Kindred running? Start it with npm start, or set KINDRED_ADDRESS (or --address).';
    return { line: `${prefix} cannot reach Kindred at ${address}. ${way}`, exitCode: 1 };
  }
  return { line: `${prefix} ${message}`, exitCode: 1 };
}
