// Prints `N passed, N failed, N skipped` over vitest's JSON reports: VITEST_JSON, else reports/*.json.
import { globSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

const pattern = process.env.VITEST_JSON ?? 'reports/*.json';
const reports = globSync(pattern)
  .map((file) => ({ ...JSON.parse(readFileSync(file, 'utf8')), tier: basename(file, '.json') }))
  .filter((report) => Number.isInteger(report.numPassedTests));

let passed = 0;
let failed = 0;
let skipped = 0;
for (const report of reports) {
  const lost = filesWithoutTests(report);
  for (const [file, why] of lost) console.error(`error: ${file} ${why}`);
  passed += report.numPassedTests;
  failed += report.numFailedTests + lost.length;
  skipped += report.numPendingTests + (report.numTodoTests ?? 0);
}
if (reports.length === 0) console.error(`error: no report of vitest at ${pattern}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// Such a file has no tests that could fail, and would go unnoticed: it did not load, or its process ended.
function filesWithoutTests({ tier, testResults: files = [] }) {
  const pathOf = ({ name }) => relative(process.cwd(), name);
  const unloaded = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const ran = new Set(files.map(pathOf));
  const there = { exclude: (path) => path.includes('node_modules') };
  const wanted = process.env.VITEST_JSON ? [] : globSync(`{apps,libs,test}/**/*.${tier}.spec.ts`, there);
  const missing = wanted.filter((file) => !ran.has(file));
  return [
    ...unloaded.map((file) => [pathOf(file), 'did not load']),
    ...missing.map((file) => [file, 'is missing from the report']),
  ];
}
