import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A Kindred process as an operator runs it: built code, its own environment, killable. */
export class KindredProcess {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    readonly name: string,
    private readonly command: string[],
    private readonly env: Record<string, string>,
    readonly httpAddress: string,
  ) {}

  /** Starts it and waits until /readyz says yes. */
  async start(timeoutMs = 60_000): Promise<void> {
    this.spawn();
    await until(`${this.name} is ready`, () => this.isReady(), timeoutMs).catch((error: Error) => {
      throw new Error(`${error.message}; it printed:\n${this.output.slice(-4_000)}`);
    });
  }

  /** Starts it without waiting. */
  spawn(): void {
    const [program, ...args] = this.command;
    this.child = spawn(program!, args, { env: { ...inherited(), ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-200_000);
      });
    }
  }

  async isReady(): Promise<boolean> {
    if (this.child?.exitCode !== null) throw new Error(`${this.name} exited with ${this.child?.exitCode}`);
    const response = await fetch(`http://${this.httpAddress}/readyz`).catch(() => undefined);
    return response?.status === 200;
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** kill -9: no goodbye. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As Ctrl-C. Returns the exit code and how long it took, in milliseconds. */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const started = performance.now();
    await this.end('SIGINT');
    return { code: this.child?.exitCode ?? null, ms: performance.now() - started };
  }

  printed(): string {
    return this.output;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}

/** Only what a process needs to run: a test must not leak its own configuration. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]!]] : [])));
}

/** Asks until the answer is true; throws with `what` when time is up. */
export async function until(
  what: string,
  ask: () => Promise<boolean>,
  timeoutMs: number,
  pauseMs = 100,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** A free port on loopback. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
