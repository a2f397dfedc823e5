import type { KindredClient } from '@kindred/client';
import type { Collection } from '@kindred/contracts';
import { mostFor } from '@kindred/vector-index';
import { CliError } from '../../cli-error.ts';
import { type ConnectionOptions, withClient } from '../../connection.ts';
import { plural } from '../../output/format.ts';
import { jsonText } from '../../output/json.ts';
import type { Terminal } from '../../output/terminal.ts';
import { clickJudgements } from './click-judgements.ts';
import { type Judgement, readJudgementFile } from './judgement-file.ts';
import { type JudgedQuery, type LearnedWeight, learnDenseWeight, leastJudged } from './learn-dense-weight.ts';
import { appliedLine, learnedLines, sourceOf, weightTable } from './learned-text.ts';
import { knownItems, searchLegs } from './search-legs.ts';

export interface TuneFusionOptions extends ConnectionOptions {
  collection: string;
  queries?: string;
  clicks?: boolean;
  sample: number;
  apply?: boolean;
}

/** What the weight is learned from. */
interface Evidence {
  judgements: Judgement[];
  /** In words: "78 judged queries". */
  what: string;
}

/** Learns the collection's dense weight from judgements or clicks, prints it and, where asked and better, stores it. */
export async function tuneFusion(options: TuneFusionOptions, terminal: Terminal): Promise<void> {
  await terminal.untilInterrupted((signal) =>
    withClient(options, async (client) => {
      const { collection } = await client.catalog.getCollection({ name: options.collection });
      const evidence = await evidenceOf(client, options);
      const queries = await judgedQueries(client, options.collection, evidence, { terminal, signal });
      const current = collection!.search?.denseWeight ?? mostFor(queries[0]!.provider);
      const learned = learnDenseWeight(queries, current);
      const applied = options.apply === true && learned.better;
      const source = sourceOf(learned, evidence.what, new Date());
      if (applied) await apply(client, collection!, learned.best.weight, source);
      if (options.json)
        terminal.print(jsonText({ collection: collection!.name, evidence: evidence.what, applied, ...learned }));
      else print(learned, evidence, terminal);
      if (applied) terminal.note(appliedLine(collection!.name, learned, source));
      else if (options.apply) terminal.note(`! nothing was changed in ${collection!.name}`);
    }),
  );
}

async function evidenceOf(
  client: KindredClient,
  { collection, queries, clicks, sample }: TuneFusionOptions,
): Promise<Evidence> {
  if (clicks) {
    const judgements = await clickJudgements(client, collection, sample);
    return { judgements, what: `the clicks of ${plural(judgements.length, 'query', 'queries')}` };
  }
  const all = await readJudgementFile(queries!);
  const judgements = all.slice(0, sample);
  const first = all.length > judgements.length ? `the first ${judgements.length} of ` : '';
  return { judgements, what: `${first}${plural(all.length, 'judged query', 'judged queries')}` };
}

/** The judged queries whose relevant items the collection has, with what its legs find. */
async function judgedQueries(
  client: KindredClient,
  collection: string,
  { judgements, what }: Evidence,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
): Promise<JudgedQuery[]> {
  const ids = [...new Set(judgements.flatMap(({ grades }) => [...grades.keys()]))];
  const known = await knownItems(client, collection, ids);
  if (known.size === 0) {
    const example = ids.slice(0, 3).map((id) => `"${id}"`);
    throw new CliError(`none of the ${ids.length} judged ids is an item of "${collection}" (${example.join(', ')})`);
  }
  if (known.size < ids.length)
    terminal.note(`! ${ids.length - known.size} of ${ids.length} judged ids are no items of ${collection}; left out`);
  const judged = judgements
    .map(({ text, grades }) => ({ text, grades: new Map([...grades].filter(([id]) => known.has(id))) }))
    .filter(({ grades }) => [...grades.values()].some((grade) => grade > 0));
  if (judged.length < leastJudged) {
    const has = `${plural(judged.length, 'query', 'queries')} with a relevant item of "${collection}"`;
    throw new CliError(`${what}: ${has}; learning needs ${leastJudged} or more`);
  }
  const progress = terminal.progress('searching');
  try {
    const texts = judged.map(({ text }) => text);
    const onProgress = (done: number) => progress.update(done / texts.length, `${done} of ${texts.length} queries`);
    const legs = await searchLegs(client, collection, texts, { signal, onProgress });
    return judged.map((one, at) => ({ ...one, ...legs[at]! }));
  } finally {
    progress.stop();
  }
}

async function apply(client: KindredClient, collection: Collection, weight: number, source: string): Promise<void> {
  const search = { synonyms: [], stopWords: [], ...collection.search, denseWeight: weight, denseWeightSource: source };
  await client.catalog.putCollection({ collection: { ...collection, search } });
}

function print(learned: LearnedWeight, { what }: Evidence, terminal: Terminal): void {
  terminal.print(weightTable(learned));
  terminal.print(
    '\n* the current weight, > the best of all queries; dense weight: most that vectors count beside words',
  );
  for (const line of learnedLines(learned, what)) terminal.print(line);
}
