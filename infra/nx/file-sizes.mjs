// Fails on source files over the ceiling: a file that long holds two things.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ceiling = 300;
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'apps', 'libs', 'test', 'infra'], {
  encoding: 'utf8',
});
const sources = listed.split('\n').filter((path) => /\.(ts|mjs|sh|sql)$/.test(path) && !path.includes('/generated/'));
const long = sources
  .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > ceiling);
for (const { path, lines } of long) console.error(`${path}: ${lines} lines; at most ${ceiling}`);
if (long.length > 0) process.exit(1);
console.log(`file sizes: ${sources.length} files, all within ${ceiling} lines`);
