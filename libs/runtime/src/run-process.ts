import { ConfigError } from './config.ts';

/** Runs the main of a process. A ConfigError is printed as it is, anything else with its stack; both exit with 1. */
export async function runProcess(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : ((error as Error)?.stack ?? String(error));
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}
