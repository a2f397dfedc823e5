import { createContext, runInContext, runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { paretoFront } from './pareto.ts';
import { recommend } from './recommend.ts';
import { reportCharts } from './report-charts.ts';
import { reportHtml } from './report-html.ts';
import { resultsCsv } from './results-csv.ts';
import { markedRows, resultsTable } from './results-table.ts';
import { graph, lists, resultOf, runOf } from './tune-result.fake.spec.ts';

const results = [
  resultOf(graph(16, 64), 20, { recall10: 0.9, qps: 900 }),
  resultOf(graph(16, 64), 40, { recall10: 0.95, qps: 600 }),
  resultOf(graph(24, 128), 20, { recall10: 0.94, qps: 700 }),
  resultOf(graph(24, 128), 40, { recall10: 0.98, qps: 400 }),
  resultOf(graph(24, 128, 'bit'), 40, { recall10: 0.8, qps: 500 }),
  resultOf(lists(30), 1, { recall10: 0.5, qps: 800 }),
  resultOf(lists(30), 4, { recall10: 0.8, qps: 450 }),
];
const front = paretoFront(results);

describe('the results of a tuning', () => {
  it('are a table that marks the front and the recommended one', () => {
    const lines = resultsTable(markedRows(results, front, results[1])).split('\n');
    expect(lines).toHaveLength(results.length + 1);
    expect(lines[1]).toMatch(/^\* +hnsw +halfvec +m=16 efc=64 +ef_search=20 +12\.5 +24\.0 MB +24\.0 MB +0\.900/);
    expect(lines[2]).toMatch(/^> +hnsw/);
    expect(lines[7]).toMatch(/^ +ivfflat +halfvec +lists=30 +probes=4/);
  });

  it('are a CSV file with a line each', () => {
    const lines = resultsCsv(results).trimEnd().split('\n');
    const names = lines[0]!.split(',');
    const rows = lines.slice(1).map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])));
    expect(rows).toHaveLength(results.length);
    expect(rows[0]).toMatchObject({ method: 'hnsw', m: '16', lists: '', ef_search: '20', recall_at_10: '0.90000' });
    expect(rows[5]).toMatchObject({ method: 'ivfflat', m: '', lists: '30', probes: '1', qps_all_clients: '800.0' });
  });

  it('are charts whose axes say what they show', () => {
    const titles = reportCharts(results, front).map(({ config }) => {
      const { x, y } = (config as { options: { scales: Record<string, { title: { text: string } }> } }).options.scales;
      return [x!.title.text, y!.title.text];
    });
    expect(titles.slice(0, 2)).toEqual([
      ['recall@10', 'QPS, all clients'],
      ['ef_search', 'recall@10'],
    ]);
    expect(titles.slice(-2)).toEqual([
      ['Build time, seconds', 'index'],
      ['Index size, MB', 'index'],
    ]);
  });

  it('are charts of what varied', () => {
    expect(reportCharts(results, front).map(({ title }) => title)).toEqual([
      'Recall@10 against searches a second',
      'Recall@10 against ef_search',
      'Recall@10 against m',
      'Recall@10 against ef_construction',
      'Recall@10 against probes',
      'Recall@10 by type of element (m=24, ef_construction=128)',
      'Build time, seconds',
      'Index size, MB',
    ]);
    expect(reportCharts(results.slice(0, 1), front).map(({ title }) => title)).toEqual([
      'Recall@10 against searches a second',
      'Build time, seconds',
      'Index size, MB',
    ]);
  });
});

describe('the report', () => {
  const scripts = (html: string) => [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);

  it('holds everything it needs, and draws every chart', async () => {
    const run = runOf(results);
    const html = await reportHtml(run, recommend(results, { recall: 0.95 }, run.facts));
    expect(html).not.toMatch(/\b(src|href)=/);
    expect(html).toContain('<title>Tuning of 상품</title>');
    expect(html).toContain('For a recall@10 of at least 0.95: hnsw halfvec m=16');
    expect(html).toContain('hnsw graph no longer fits into maintenance_work_mem');
    const drawn: { id: string; type: string; label?: string }[] = [];
    class Chart {
      constructor(id: string, config: { type: string; data: { datasets: { data: unknown[] }[] }; options: never }) {
        const plugins = (
          config.options as { plugins: { tooltip?: { callbacks: { label: (item: object) => string } } } }
        ).plugins;
        const raw = config.data.datasets[0]!.data[0];
        drawn.push({ id, type: config.type, label: plugins.tooltip?.callbacks.label({ raw }) });
      }
    }
    const document = { getElementById: (id: string) => id };
    runInNewContext(scripts(html).at(-1)!, { Chart, document });
    expect(drawn).toHaveLength(reportCharts(results, front).length);
    expect(drawn[0]).toEqual({
      id: 'chart-0',
      type: 'scatter',
      label: 'hnsw halfvec m=16 ef_construction=64 ef_search=20: recall@10 0.900, 900 QPS',
    });
    const context = createContext({});
    runInContext(scripts(html)[0]!, context);
    expect(runInContext('Chart.version', context)).toMatch(/^4\./);
  });

  it('shows names as they are, whatever they hold', async () => {
    const html = await reportHtml(runOf(results, '<script>alert("&")</script>'), undefined);
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('Tuning of &lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
  });
});
