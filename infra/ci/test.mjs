// The whole suite: static checks, then unit, integration and end-to-end tests. Exits non-zero when any step fails.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';

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

let failed = 0;
for (const [name, command, args] of steps) {
  const started = performance.now();
  console.log(`\n── ${name} ${'─'.repeat(70 - name.length)}`);
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  console.log(
    `── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  if (status !== 0) failed += 1;
  if (status !== 0 && (name === 'build' || name === 'check')) break;
}
process.exit(failed === 0 ? 0 : 1);
