import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { FakeKindred } from '../../../../libs/client/src/fake-kindred.fake.spec.ts';
import { errorLine } from '../error-line.ts';
import { FakeTerminal } from '../output/fake-terminal.fake.spec.ts';
import { createProgram } from '../program.ts';

/** Runs commands of the program in this process, against a fake server on a real port. */
export function programRuns() {
  const server = new FakeKindred();
  const state = { terminal: new FakeTerminal() };
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  beforeEach(() => {
    state.terminal = new FakeTerminal();
  });
  afterEach(() => {
    server.models.reset();
    server.calls.length = 0;
    server.failures.length = 0;
  });
  /** Resolves to the exit code, and the line of a failure. */
  const run = async (...args: string[]): Promise<{ code: number; line: string }> => {
    const program = createProgram('0.1.0', state.terminal);
    try {
      await program.parseAsync(['node', 'kindred', ...args, '--address', server.address]);
      return { code: 0, line: '' };
    } catch (error) {
      if ((error as Error).name === 'CommanderError') return { code: 2, line: (error as Error).message };
      const { line, exitCode } = errorLine(error, server.address);
      return { code: exitCode, line };
    }
  };
  return { server, state, run };
}
