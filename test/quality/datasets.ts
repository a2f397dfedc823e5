import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Grades } from '@kindred/ranking';

export interface Document {
  id: string;
  title: string;
  body: string;
}

export interface Query {
  id: string;
  text: string;
  grades: Grades;
}

export interface Dataset {
  documents: Document[];
  queries: Query[];
}

/** KINDRED_TEST_DATA, else the folder beside the repository. */
const folder = process.env.KINDRED_TEST_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
/** Of a file or folder of a data set. */
export const datasetPath = (file: string) => `${folder}/${file}`;
const linesOf = (file: string) => readFileSync(datasetPath(file), 'utf8').split('\n').filter(Boolean);
const jsonLinesOf = <Line>(file: string) => linesOf(file).map((line) => JSON.parse(line) as Line);

/** False, with a message, where the data is absent. */
export function hasDataset(name: string): boolean {
  if (existsSync(datasetPath(name))) return true;
  console.info(`skipped: no ${name} in ${folder}; set KINDRED_TEST_DATA to the folder that holds it`);
  return false;
}

interface Product {
  id: string;
  title: string;
  short_description?: string;
}

/** 19,406 electronics products, 77 queries with grades 0-3. Title and short description: the best of the texts tried. */
export function chorusDev(): Dataset {
  const grades = gradesOf('chorus-icecat/qrels-dev.tsv');
  return {
    documents: jsonLinesOf<Product>('chorus-icecat/products.jsonl').map((product) => ({
      id: product.id,
      title: product.title,
      body: product.short_description ?? '',
    })),
    queries: [...grades].map(([text, each]) => ({ id: text, text, grades: each })),
  };
}

interface Abstract {
  _id: string;
  title: string;
  text: string;
}

/** 1,400 abstracts on aerodynamics, 225 questions with grades. The text of an abstract repeats its title. */
export function cranfield(): Dataset {
  const documents = jsonLinesOf<Abstract>('cranfield/corpus.jsonl').map(({ _id, text }) => ({
    id: _id,
    title: '',
    body: text,
  }));
  return { documents, queries: judgedQueries('cranfield/queries.jsonl', 'cranfield/qrels.tsv') };
}

/** 5,183 abstracts of science, 809 claims. */
export function scifactTrain(): Dataset {
  const documents = jsonLinesOf<Abstract>('scifact/corpus.jsonl').map(({ _id, title, text }) => ({
    id: _id,
    title,
    body: text,
  }));
  return { documents, queries: judgedQueries('scifact/queries-train.jsonl', 'scifact/qrels-train.tsv') };
}

export interface SentencePair {
  left: string;
  right: string;
  /** 0 (unrelated) to 5 (the same), by people. */
  score: number;
}

/** STS Benchmark, dev split: 1,500 pairs of captions, headlines and forum posts. */
export function stsbDev(): SentencePair[] {
  return linesOf('stsb/stsb-dev.csv').map((line) => {
    const [score, left, right] = line.trimEnd().split('\t').slice(4) as [string, string, string];
    return { left, right, score: Number(score) };
  });
}

/** 961 Korean passages, 5,774 questions; the passage a question was asked about is the one relevant document. */
export const korquadDev = (): Dataset => passagesOf('korquad1-dev/KorQuAD_v1.0_dev.json');

/** 240 English passages, 1,190 questions; as with KorQuAD. */
export const xquadEn = (): Dataset => passagesOf('xquad-en/xquad.en.json');

interface Squad {
  data: { paragraphs: { context: string; qas: { id: string; question: string }[] }[] }[];
}

function passagesOf(file: string): Dataset {
  const { data } = JSON.parse(readFileSync(datasetPath(file), 'utf8')) as Squad;
  const paragraphs = data.flatMap((article) => article.paragraphs);
  const ids = new Map([...new Set(paragraphs.map(({ context }) => context))].map((context, at) => [context, `p${at}`]));
  return {
    documents: [...ids].map(([context, id]) => ({ id, title: '', body: context })),
    queries: paragraphs.flatMap(({ context, qas }) =>
      qas.map(({ id, question }) => ({ id, text: question, grades: new Map([[ids.get(context)!, 1]]) })),
    ),
  };
}

/** Second sentences of KorSTS, dev and train: 6,755; 1,588 first ones that people scored 4 or 5 of 5 beside one of them. */
export function korstsRetrieval(): Dataset {
  const ids = new Map<string, string>();
  const grades = new Map<string, Map<string, number>>();
  for (const line of [...linesOf('korsts/sts-dev.tsv').slice(1), ...linesOf('korsts/sts-train.tsv').slice(1)]) {
    const [, , , , score, left, right] = line.split('\t');
    if (left === undefined || right === undefined) continue;
    const id = ids.get(right) ?? `s${ids.size}`;
    ids.set(right, id);
    if (Number(score) >= 4 && left !== right) grades.set(left, (grades.get(left) ?? new Map()).set(id, 1));
  }
  return {
    documents: [...ids].map(([body, id]) => ({ id, title: '', body })),
    queries: [...grades].map(([text, each], at) => ({ id: `q${at}`, text, grades: each })),
  };
}

interface Page {
  path: string;
  title: string;
  text: string;
}

/** 224 Korean pages of a documentation, asked for by the titles of their English originals. */
export function reactEnKo(): Dataset {
  const korean = jsonLinesOf<Page>('react-docs-en-ko/ko.jsonl');
  const paths = new Set(linesOf('react-docs-en-ko/parallel.tsv').slice(1));
  const asked = jsonLinesOf<Page>('react-docs-en-ko/en.jsonl').filter(({ path, title }) => title && paths.has(path));
  return {
    documents: korean.map(({ path, title, text }) => ({ id: path, title, body: text })),
    queries: asked.map(({ path, title }) => ({ id: path, text: title, grades: new Map([[path, 1]]) })),
  };
}

function judgedQueries(queries: string, qrels: string): Query[] {
  const grades = gradesOf(qrels);
  const lines = jsonLinesOf<{ _id: string; text: string }>(queries);
  return lines.flatMap(({ _id, text }) => {
    const each = grades.get(_id);
    return each ? [{ id: _id, text, grades: each }] : [];
  });
}

/** Tab-separated query, document, grade, below a header. */
function gradesOf(file: string): Map<string, Map<string, number>> {
  const byQuery = new Map<string, Map<string, number>>();
  for (const line of linesOf(file).slice(1)) {
    const [query, document, grade] = line.split('\t') as [string, string, string];
    const grades = byQuery.get(query) ?? new Map<string, number>();
    byQuery.set(query, grades.set(document, Number(grade)));
  }
  return byQuery;
}
