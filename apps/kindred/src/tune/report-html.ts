import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { count, longTime, moment } from '../output/format.ts';
import { paretoFront } from './pareto.ts';
import { type Recommendation, recommendationLines } from './recommend.ts';
import { type ReportChart, reportCharts } from './report-charts.ts';
import { markedRows, resultColumns } from './results-table.ts';
import type { TuneRun } from './tune-result.ts';

/** One HTML document that needs nothing from elsewhere: the figures, and charts by Chart.js, which is inside it. */
export async function reportHtml(run: TuneRun, recommendation: Recommendation | undefined): Promise<string> {
  const front = paretoFront(run.results);
  const charts = reportCharts(run.results, front);
  const title = `Tuning of ${run.facts.collection}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${(recommendation ? recommendationLines(recommendation) : []).map((line) => `<p class="recommended">${escaped(line)}</p>`).join('\n')}
<dl>${factsHtml(run)}</dl>
<noscript><p>The charts need JavaScript; every figure is in the table.</p></noscript>
<div class="charts">${charts.map(chartHtml).join('\n')}</div>
<h2>All measurements</h2>
<p>* on the Pareto front of recall@10 and searches a second; &gt; recommended.</p>
${tableHtml(run, recommendation)}
${run.notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('\n')}
<script>${await chartLibrary()}</script>
<script>${scriptOf(charts)}</script>
</body>
</html>
`;
}

/** The browser build stands beside the module that Node would load. */
async function chartLibrary(): Promise<string> {
  const file = new URL('chart.umd.min.js', import.meta.resolve('chart.js'));
  const source = await readFile(fileURLToPath(file), 'utf8');
  return source.replace(/\n\/\/# sourceMappingURL=.*$/m, '').replaceAll('</script', '<\\/script');
}

const chartHtml = ({ title }: ReportChart, at: number) =>
  `<figure><figcaption>${escaped(title)}</figcaption><canvas id="chart-${at}" role="img" aria-label="${escaped(title)}"></canvas></figure>`;

function scriptOf(charts: readonly ReportChart[]): string {
  const configs = JSON.stringify(charts.map(({ config }) => config)).replaceAll('<', '\\u003c');
  return `for (const [at, config] of ${configs}.entries()) {
  if (config.type === 'scatter') config.options.plugins = { tooltip: { callbacks: { label: (item) => item.raw.label } } };
  new Chart(document.getElementById('chart-' + at), config);
}`;
}

function factsHtml({ facts, seconds }: TuneRun): string {
  const { collection, model, rows, total, dimensions, stored, queries, source, clients } = facts;
  const lines: [string, string][] = [
    ['Collection', `${collection}, model ${model}`],
    ['Vectors', `${count(rows)} of ${count(total)}, ${dimensions} dimensions, stored as ${stored}`],
    ['Queries', `${count(queries)}: ${source}`],
    ['Clients', `1, and ${clients} at once`],
    ['Exact scan', `p50 ${facts.exactP50Ms.toFixed(2)} ms`],
    [
      'Server',
      `PostgreSQL ${facts.postgres}, pgvector ${facts.pgvector}, maintenance_work_mem ${facts.maintenanceWorkMem}`,
    ],
    ['Measured', `${moment(facts.startedAt)} UTC, in ${longTime(seconds)}, on an unlogged copy of the vectors`],
  ];
  return lines.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('');
}

function tableHtml({ results }: TuneRun, recommendation: Recommendation | undefined): string {
  const rows = markedRows(results, paretoFront(results), recommendation?.best);
  const heads = resultColumns.map(({ head }) => `<th>${escaped(head)}</th>`).join('');
  const cells = (row: (typeof rows)[number]) =>
    resultColumns.map(({ value, right }) => `<td${right ? ' class="n"' : ''}>${escaped(value(row))}</td>`).join('');
  const lines = rows.map((row) => `<tr${row.mark === '' ? '' : ' class="front"'}>${cells(row)}</tr>`);
  return `<div class="table"><table><thead><tr>${heads}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!);

const style = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
.recommended { background: #e8f3ec; border-left: 4px solid #009e73; padding: .6rem 1rem; }
.note { color: #8a4b00; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: #666; } dd { margin: 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 1.5rem; }
figure { margin: 0; min-width: 0; } figcaption { font-weight: 600; margin-bottom: .4rem; } figure:first-child { grid-column: 1 / -1; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid #e3e3e3; white-space: nowrap; } .n { text-align: right; }
tr.front { background: #f2f7fb; }`;
