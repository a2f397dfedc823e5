// The whole suite: static checks, then unit, integration and end-to-end tests. Exits non-zero when any step fails.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync } from 'node:fs';

rmSync('reports', { recursive: true, force: true });
mkdirSync('reports', { recursive: true });

const tiers = ['unit', 'int', 'e2e', 'quality'];
const steps = [
  ['build', 'npm', ['run', '--silent', 'build']],
  ['check', 'nx', ['run-many', '-t', 'lint', 'boundaries', 'typecheck', 'proto', '--output-style=static']],
  ...tiers.map((tier) => [
    tier,
    'vitest',
    [
      'run',
      '--project',
      tier,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=reports/${tier}.json`,
    ],
  ]),
];
const logOf = (name) => `reports/${name}.log`;
const title = (text) => console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 70 - text.length))}`);

const failed = [];
for (const [name, command, args] of steps) {
  const started = performance.now();
  title(name);
  const code = await run(command, args, logOf(name));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`── ${name}: ${code === 0 ? 'passed' : `FAILED (exit ${code})`} in ${seconds} s`);
  if (code !== 0) failed.push(name);
  if (code !== 0 && (name === 'build' || name === 'check')) break;
}

// Again at the end: thousands of lines may stand between, and an error outside of any test is in no report.
const lastLines = 60;
for (const name of failed) {
  title(`${name} failed; the end of what it printed`);
  console.log(readFileSync(logOf(name), 'utf8').trimEnd().split('\n').slice(-lastLines).join('\n'));
}
process.exit(failed.length === 0 ? 0 : 1);

/** The command's exit code, or the signal that ended it; what it prints is shown and kept. */
function run(command, args, log) {
  const child = spawn(command, args, {
    stdio: ['inherit', 'pipe', 'pipe'],
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  const file = createWriteStream(log);
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.pipe(to, { end: false });
    from.pipe(file, { end: false });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => file.end(() => resolve(code ?? signal)));
  });
}
