import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/**
 * Does what a page of Python says, in a folder of its own: its ```sh lines, then its ```python blocks as one program.
 * The environment that pip fills is kept in .cache, by the lines that made it.
 */
export class PythonPage {
  private constructor(
    private readonly environment: string,
    private readonly toolLines: string[],
    private readonly program: string,
  ) {}

  /** Undefined, with a message, where there is no python3 or no package index; throws there when REQUIRE_PYTHON=1. */
  static async open(markdown: string): Promise<PythonPage | undefined> {
    const lines = blocks(markdown, 'sh').flatMap((block) => block.trim().split('\n'));
    const making = lines.filter((line) => /^python3 -m venv|\bpip install\b/.test(line));
    const hash = createHash('sha256').update(making.join('\n')).digest('hex').slice(0, 12);
    const folder = join(root, '.cache/python', hash);
    const missing = existsSync(join(folder, 'complete')) ? undefined : await make(folder, making);
    if (missing === undefined) {
      const toolLines = lines.filter((line) => !making.includes(line));
      return new PythonPage(join(folder, 'venv'), toolLines, blocks(markdown, 'python').join('\n'));
    }
    if (process.env.REQUIRE_PYTHON === '1') throw new Error(`REQUIRE_PYTHON=1, but ${missing}`);
    console.info(`skipped: ${missing}`);
    return undefined;
  }

  /** What the program prints, line by line. */
  async run(env: Record<string, string>): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), 'kindred-python-'));
    try {
      symlinkSync(this.environment, join(folder, 'venv'));
      symlinkSync(join(root, 'libs'), join(folder, 'libs'));
      writeFileSync(join(folder, 'program.py'), this.program);
      const options = { cwd: folder, env: { PATH: process.env.PATH!, PYTHONUTF8: '1', ...env }, timeout: 120_000 };
      for (const line of this.toolLines) await run('bash', ['-ec', line], options);
      const { stdout } = await run('venv/bin/python', ['program.py'], options);
      return stdout.trim().split('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

const blocks = (markdown: string, language: string) =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1]!);

/** Undefined once the environment is there, else what is missing here. */
async function make(folder: string, lines: string[]): Promise<string | undefined> {
  const python = process.env.KINDRED_TEST_PYTHON ?? 'python3';
  const able = await run(python, ['-c', 'import ensurepip, venv']).catch((error: Error) => error);
  if (able instanceof Error) return `${python} is not there, or has no venv: ${able.message.split('\n')[0]}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const line of lines) {
    const command = line.replace(/^python3 /, `${python} `);
    const done = await run('bash', ['-ec', command], { cwd: folder, timeout: 200_000 }).catch((error: Error) => error);
    if (!(done instanceof Error)) continue;
    // Where the index knows not even pip, it cannot be reached; else the page asks for what there is not.
    const index = await run('venv/bin/pip', ['index', 'versions', 'pip'], { cwd: folder, timeout: 60_000 }).catch(
      () => 0,
    );
    if (index !== 0) throw done;
    return 'no Python package index can be reached';
  }
  writeFileSync(join(folder, 'complete'), '');
  return undefined;
}
