// Prints `N passed, N failed, N skipped` over vitest's JSON reports: VITEST_JSON, else reports/*.json.
import { globSync, readFileSync } from 'node:fs';

const pattern = process.env.VITEST_JSON ?? 'reports/*.json';
const reports = globSync(pattern)
  .map((file) => JSON.parse(readFileSync(file, 'utf8')))
  .filter((report) => Number.isInteger(report.numPassedTests));

let passed = 0;
let failed = 0;
let skipped = 0;
for (const report of reports) {
  passed += report.numPassedTests;
  failed += report.numFailedTests + filesThatDidNotLoad(report);
  skipped += report.numPendingTests + (report.numTodoTests ?? 0);
}
if (reports.length === 0) console.error(`error: no report of vitest at ${pattern}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// Such a file has no tests that could fail, and would go unnoticed.
function filesThatDidNotLoad(report) {
  const files = report.testResults ?? [];
  return files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
}
