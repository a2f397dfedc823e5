// npm run quality:search: nDCG@10, MRR@10, R@10 and R@100 of search on every data set, with defaults alone, beside a textbook
// BM25 over the same tokens. Longer than a test: the first run embeds everything with MiniLM and keeps the vectors in .cache.
// KINDRED_QUALITY_SETS=scifact,cranfield for some of the sets; KINDRED_QUALITY_MODELS=built-in for one of the models;
// KINDRED_QUALITY_EVERY=4 for every fourth question of the sets that have more than a thousand.
import os from 'node:os';
import { type Database, migrate, openDatabase } from '@kindred/database';
import { builtInTextModel, type EmbeddingModel } from '@kindred/embedder';
import { contentOf } from '@kindred/vector-index';
import { onAdmin } from '../../support/admin.ts';
import findBackends, { postgresUrl } from '../../support/backends.ts';
import {
  chorusDev,
  cranfield,
  type Dataset,
  hasDataset,
  korquadDev,
  reactEnKo,
  scifactTrain,
  xquadEn,
} from '../datasets.ts';
import { SearchableDataset } from '../searchable-dataset.ts';
import { hasModel, miniLm, miniLmParameters, modelFolder, openMiniLm } from '../test-models.ts';
import { CachedModel } from './cached-model.ts';
import { figuresOf, type MethodFigures } from './method-figures.ts';
import { alignedTable, barHeads, barRow, methodTable } from './quality-tables.ts';
import { startRerankServer } from './rerank-server.ts';
import { rerankDepth, startSearch } from './search-process.ts';
import { depth, type Mode, modes, servedRankings } from './served-rankings.ts';
import { TextbookBm25 } from './textbook-bm25.ts';

interface DataSet {
  name: string;
  folder: string;
  load: () => Dataset;
  /** Print judged-only figures too. */
  judged?: boolean;
}

const sets: Record<string, DataSet> = {
  chorus: { name: 'chorus-icecat dev', folder: 'chorus-icecat', load: chorusDev, judged: true },
  scifact: { name: 'scifact train', folder: 'scifact', load: scifactTrain },
  cranfield: { name: 'cranfield', folder: 'cranfield', load: cranfield },
  xquad: { name: 'xquad-en', folder: 'xquad-en', load: xquadEn },
  korquad: { name: 'korquad1-dev', folder: 'korquad1-dev', load: korquadDev },
  react: { name: 'react-docs, English to Korean', folder: 'react-docs-en-ko', load: reactEnKo },
};

const chosen = <Value>(all: Record<string, Value>, variable: string): [string, Value][] => {
  const names = process.env[variable]?.split(',') ?? Object.keys(all);
  const unknown = names.find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined) throw new Error(`${variable}: no "${unknown}"; there are ${Object.keys(all).join(', ')}`);
  return names.map((name) => [name, all[name]!]);
};

const stopBackends = await findBackends();
if (!postgresUrl()) throw new Error('quality:search needs PostgreSQL: set DATABASE_URL, or see CONTRIBUTING.md');
const databaseName = `kindred_quality_${process.pid}`;
const url = new URL(postgresUrl()!);
url.pathname = `/${databaseName}`;
await onAdmin(postgresUrl()!, `create database ${databaseName}`);
await migrate({ url: url.href });
const database = await openDatabase({ url: url.href, poolSize: 4, applicationName: 'quality' });
const mini = hasModel(miniLm) ? new CachedModel(await openMiniLm({ threads: 2 })) : undefined;
const reader = mini && (await startRerankServer(mini));
const search = await startSearch(url.href, modelFolder, reader?.url);
try {
  await run(database);
} finally {
  await search.stop();
  await reader?.close();
  await mini?.close();
  await database.close();
  await onAdmin(postgresUrl()!, `drop database ${databaseName} with (force)`);
  await stopBackends?.();
}

async function run(into: Database): Promise<void> {
  const models = { 'built-in': await builtInTextModel(), ...(mini && { MiniLM: mini }) };
  console.log(`${os.cpus().length} cores, ${os.cpus()[0]!.model}, Node ${process.version}`);
  console.log(
    `${new Date().toISOString().slice(0, 10)}; [95 % bootstrap intervals over queries]; nDCG with linear gain`,
  );
  if (reader) console.log(`rerank: the first ${rerankDepth} hits by the cosine of ${miniLm}, a bi-encoder behind HTTP`);
  const bars: string[][] = [];
  for (const [key, set] of chosen(sets, 'KINDRED_QUALITY_SETS')) {
    if (!hasDataset(set.folder)) continue;
    for (const [model, opened] of chosen<EmbeddingModel>(models, 'KINDRED_QUALITY_MODELS')) {
      bars.push(...(await compare(into, { key, set, model, opened })));
    }
  }
  console.log(`\n${alignedTable(barHeads, bars)}`);
}

interface Comparison {
  key: string;
  set: DataSet;
  model: string;
  opened: EmbeddingModel;
}

/** Prints the tables of one set with one model; returns how far the reach is kept. */
async function compare(into: Database, { key, set, model, opened }: Comparison): Promise<string[][]> {
  const dataset = thinned(set.load());
  const { documents, queries } = dataset;
  await embedAhead(opened, dataset, `${set.name}, ${model}`);
  const collection = `${key}-${model}`;
  const parameters = opened instanceof CachedModel ? miniLmParameters : {};
  await SearchableDataset.load(into, opened, collection, dataset, { tenant: 'default', parameters });
  const rankings = new Map<Mode | 'textbook BM25', string[][]>([['textbook BM25', textbookRankings(dataset)]]);
  for (const mode of modes) {
    if (mode === 'hybrid + rerank' && !reader) continue;
    process.stderr.write(`\r${set.name}, ${model}: ${mode}   `);
    rankings.set(mode, await servedRankings(search.kindred, collection, queries, mode));
  }
  process.stderr.write('\n');
  const bars: string[][] = [];
  for (const judged of set.judged ? [false, true] : [false]) {
    const methods = [...rankings].map(([name, lists]) => figuresOf(name, queries, lists, { judged }));
    const title = `${set.name}${judged ? ', judged hits only' : ''}`;
    console.log(`\n${title}; ${model}; ${documents.length} documents, ${methods[0]!.ndcg.length} queries\n`);
    console.log(methodTable(methods));
    bars.push(barRow(title, model, byName(methods)));
  }
  return bars;
}

function byName(methods: readonly MethodFigures[]) {
  const of = (name: string) => methods.find((one) => one.name === name)!;
  return { bm25: of('textbook BM25'), lexical: of('lexical'), dense: of('dense'), hybrid: of('hybrid') };
}

function thinned({ documents, queries }: Dataset): Dataset {
  const every = Number(process.env.KINDRED_QUALITY_EVERY ?? 1);
  return { documents, queries: queries.length > 1_000 ? queries.filter((_, at) => at % every === 0) : queries };
}

/** So that progress can be told: what follows finds the vectors made. */
async function embedAhead(model: EmbeddingModel, { documents, queries }: Dataset, label: string): Promise<void> {
  if (!(model instanceof CachedModel)) return;
  const note = (all: number) => (done: number) => process.stderr.write(`\r${label}: embedding ${done} of ${all}   `);
  const texts = documents.map(textOf).map((text) => ({ kind: 'text', text }) as const);
  const asked = queries.map(({ text }) => ({ kind: 'text', text }) as const);
  await model.embed(texts, 'document', undefined, note(texts.length));
  await model.embed(asked, 'query', undefined, note(asked.length));
}

function textbookRankings({ documents, queries }: Dataset): string[][] {
  const bm25 = new TextbookBm25(
    documents.map(({ id }) => id),
    documents.map(textOf),
  );
  return queries.map(({ text }) => bm25.ranking(text, depth));
}

function textOf(document: Dataset['documents'][number]): string {
  return contentOf({ ...document, categories: [], attributes: {} }, []);
}
