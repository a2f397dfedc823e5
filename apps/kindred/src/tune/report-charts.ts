import { breadthName, type IndexVariant, variantName } from './index-variant.ts';
import { settingText } from './recommend.ts';
import type { TuneResult } from './tune-result.ts';

/** A Chart.js configuration that JSON can hold; tooltips show each point's label. */
export interface ReportChart {
  title: string;
  config: object;
}

interface Point {
  x: number;
  y: number;
  label: string;
}
interface Series {
  label: string;
  points: Point[];
  dashed?: boolean;
}

/** Okabe and Ito's palette, which the color-blind tell apart. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/** Charts of a run: recall against speed, against each parameter that varied, build time and size. */
export function reportCharts(results: readonly TuneResult[], front: readonly TuneResult[]): ReportChart[] {
  const graphs = results.filter(({ variant }) => variant.method === 'hnsw');
  const lists = results.filter(({ variant }) => variant.method === 'ivfflat');
  const charts = [
    speedChart(results, front),
    parameterChart('ef_search', graphs, (result) => result.breadth, byVariant),
    parameterChart('m', graphs, ({ variant }) => (variant.method === 'hnsw' ? variant.m : 0), byBreadth),
    parameterChart(
      'ef_construction',
      graphs,
      ({ variant }) => (variant.method === 'hnsw' ? variant.efConstruction : 0),
      byBreadth,
    ),
    parameterChart('probes', lists, (result) => result.breadth, byVariant),
    ...typeCharts(graphs),
    buildChart('Build time, seconds', results, (result) => result.buildSeconds),
    buildChart('Index size, MB', results, (result) => result.indexBytes / 1e6),
  ];
  return charts.filter((chart) => chart !== undefined);
}

const byVariant = ({ variant }: TuneResult) => variantName(variant);
const byBreadth = ({ variant, breadth }: TuneResult) => `${variant.element}, ${breadthName(variant)}=${breadth}`;

function seriesBy(results: readonly TuneResult[], name: (result: TuneResult) => string): Map<string, TuneResult[]> {
  const series = new Map<string, TuneResult[]>();
  for (const result of results) series.set(name(result), [...(series.get(name(result)) ?? []), result]);
  return series;
}

function speedChart(results: readonly TuneResult[], front: readonly TuneResult[]): ReportChart {
  const point = (result: TuneResult): Point => ({
    x: result.recall10,
    y: result.qpsClients,
    label: `${settingText(result)}: recall@10 ${result.recall10.toFixed(3)}, ${Math.round(result.qpsClients)} QPS`,
  });
  const series: Series[] = [...seriesBy(results, byVariant)].map(([label, all]) => ({ label, points: all.map(point) }));
  series.push({ label: 'Pareto front', points: front.map(point), dashed: true });
  return {
    title: 'Recall@10 against searches a second',
    config: scatter(series, 'recall@10', 'QPS, all clients', true),
  };
}

/** Undefined where the parameter did not vary. */
function parameterChart(
  name: string,
  results: readonly TuneResult[],
  x: (result: TuneResult) => number,
  by: (result: TuneResult) => string,
): ReportChart | undefined {
  if (new Set(results.map(x)).size < 2) return undefined;
  const series = [...seriesBy(results, by)]
    .map(([label, all]) => ({
      label,
      points: all
        .map((result) => ({
          x: x(result),
          y: result.recall10,
          label: `${settingText(result)}: ${result.recall10.toFixed(3)}`,
        }))
        .sort((left, right) => left.x - right.x),
    }))
    .filter(({ points }) => new Set(points.map((point) => point.x)).size > 1);
  if (series.length === 0) return undefined;
  return { title: `Recall@10 against ${name}`, config: scatter(series, name, 'recall@10', false) };
}

/** Types of elements side by side, for graphs that were built alike. */
function typeCharts(graphs: readonly TuneResult[]): ReportChart[] {
  const parameters = ({ variant }: TuneResult) =>
    variant.method === 'hnsw' ? `m=${variant.m}, ef_construction=${variant.efConstruction}` : '';
  const compared = [...seriesBy(graphs, parameters)].filter(
    ([, all]) => new Set(all.map(({ variant }) => variant.element)).size > 1,
  );
  return compared.slice(0, 1).map(([built, all]) => {
    const series = [...seriesBy(all, ({ variant }) => variant.element)].map(([label, rows]) => ({
      label,
      points: rows.map((row) => ({
        x: row.breadth,
        y: row.recall10,
        label: `${settingText(row)}: ${row.recall10.toFixed(3)}`,
      })),
    }));
    return {
      title: `Recall@10 by type of element (${built})`,
      config: scatter(series, 'ef_search', 'recall@10', false),
    };
  });
}

function scatter(series: Series[], x: string, y: string, logarithmic: boolean): object {
  const datasets = series.map(({ label, points, dashed }, at) => ({
    label,
    data: points,
    showLine: true,
    borderColor: dashed ? '#888888' : colors[at % colors.length],
    backgroundColor: dashed ? '#888888' : colors[at % colors.length],
    borderWidth: dashed ? 3 : 1.5,
    pointRadius: dashed ? 0 : 4,
    // Point hits go to the measurements, not to the line that joins some of them.
    pointHitRadius: dashed ? 0 : 6,
    ...(dashed && { borderDash: [6, 4] }),
  }));
  const scales = {
    x: { type: 'linear', title: { display: true, text: x } },
    y: { type: logarithmic ? 'logarithmic' : 'linear', title: { display: true, text: y } },
  };
  return { type: 'scatter', data: { datasets }, options: { animation: false, scales } };
}

/** One bar per index. */
function buildChart(title: string, results: readonly TuneResult[], value: (result: TuneResult) => number): ReportChart {
  const built = new Map<IndexVariant, number>();
  for (const result of results) built.set(result.variant, value(result));
  const data = {
    labels: [...built.keys()].map(variantName),
    datasets: [{ label: title, data: [...built.values()], backgroundColor: colors[0] }],
  };
  const scales = { x: { title: { display: true, text: title } }, y: { title: { display: true, text: 'index' } } };
  const options = { animation: false, indexAxis: 'y', plugins: { legend: { display: false } }, scales };
  return { title, config: { type: 'bar', data, options } };
}
