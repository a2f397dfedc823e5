import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { ProgressBar } from './progress.ts';

/** Ctrl-C, or a SIGTERM. */
export class Interrupted extends CliError {
  override readonly name = 'Interrupted';

  constructor(message = 'stopped') {
    super(message, 130);
  }
}

export interface Progress {
  /** `share` is 0-1; `text` stands behind the bar. */
  update(share: number, text: string): void;
  stop(): void;
}

/** What a command that takes a while needs of the person in front of it. */
export interface Terminal {
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  /** The answer, on standard output. */
  print(text: string): void;
  /** What happens meanwhile, on standard error. */
  note(text: string): void;
  confirm(question: string): Promise<boolean>;
  progress(label: string): Progress;
  /** Rejects with the signal's reason once it is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs `work` with a signal that Ctrl-C aborts with an Interrupted. */
  untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export const processTerminal: Terminal = {
  get interactive() {
    return process.stdin.isTTY === true;
  },
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  confirm: async (question) => {
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    // Ctrl-C and Ctrl-D mean no.
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    const answer = await Promise.race([prompt.question(`${question} [y/N] `).catch(() => ''), closed]);
    prompt.close();
    return /^(?:y|yes|예|네)$/i.test(answer.trim());
  },
  progress: (label) => {
    const bar = new ProgressBar(label);
    return { update: (share, text) => bar.update(share, text), stop: () => bar.stop() };
  },
  pause: async (ms, signal) => {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  },
  untilInterrupted: async (work) => {
    const controller = new AbortController();
    const stop = () => controller.abort(new Interrupted());
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
    try {
      return await work(controller.signal);
    } finally {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, stop);
    }
  },
};
