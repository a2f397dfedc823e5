import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { defaultAddress } from './connection.ts';
import { errorLine } from './error-line.ts';
import { createProgram } from './program.ts';

/** Version of this package; @kindred/runtime knows it too, but would bring Nest along. */
function version(): string {
  const manifest = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Runs one command. Failures are one line on standard error; the exit code is 1, or 2 where the usage was wrong. */
export async function main(argv: string[]): Promise<void> {
  const program = createProgram(version());
  stopQuietlyOnClosedPipe();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    // Commander has printed help, the version or the usage error by then.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    const { line, exitCode } = errorLine(error, addressIn(argv));
    console.error(line);
    // A database or a server that was half started would keep the process alive.
    process.exit(exitCode);
  }
}

function addressIn(argv: string[]): string {
  const at = argv.findIndex((argument) => argument === '--address' || argument.startsWith('--address='));
  if (at !== -1) return argv[at]!.includes('=') ? argv[at]!.slice('--address='.length) : (argv[at + 1] ?? '');
  return process.env.KINDRED_ADDRESS || defaultAddress;
}

/** `kindred … | head` closes the pipe early; that is not a failure. */
function stopQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
