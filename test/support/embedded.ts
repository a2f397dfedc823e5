import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, KindredProcess } from './kindred-process.ts';

const root = resolve(import.meta.dirname, '../..');
/** The first start makes a database; on a busy machine that takes a while. */
const startMs = 180_000;
const bin = join(root, 'apps/kindred/bin/kindred.mjs');

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** `kindred start` as a newcomer runs it: no server, a data folder of its own, everything in one process. */
export class Embedded {
  readonly process: KindredProcess;

  private constructor(
    readonly folder: string,
    readonly address: string,
    httpAddress: string,
  ) {
    const args = ['start', '--no-demo', '--data', join(folder, 'data'), '--grpc', address, '--http', httpAddress];
    this.process = new KindredProcess(
      'kindred start',
      [process.execPath, bin, ...args],
      { LOG_LEVEL: 'warn' },
      httpAddress,
    );
  }

  static async start(): Promise<Embedded> {
    const folder = mkdtempSync(join(tmpdir(), 'kindred-e2e-'));
    const embedded = new Embedded(folder, `127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`);
    await embedded.process.start(startMs);
    return embedded;
  }

  /** Runs a command of the command line against it. */
  run(...args: string[]): Promise<CommandResult> {
    const env = { ...process.env, KINDRED_ADDRESS: this.address, NO_COLOR: '1' };
    return new Promise((done) => {
      execFile(
        process.execPath,
        [bin, ...args],
        { env, cwd: this.folder, maxBuffer: 64 << 20 },
        (error, stdout, stderr) => {
          done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
        },
      );
    });
  }

  async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
