import type { WordNeighbor } from '@kindred/contracts';
import { type ConnectionOptions, withClient } from '../connection.ts';
import { score } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { renderTable } from '../output/table.ts';

interface AskOptions extends ConnectionOptions {
  top: number;
  modelVersion: string;
}

export async function similar(model: string, word: string, options: AskOptions): Promise<void> {
  const { top: limit, modelVersion: version } = options;
  print(await withClient(options, (client) => client.words.similarWords({ model, version, word, limit })), options);
}

export async function analogy(
  model: string,
  positive: string[],
  options: AskOptions & { minus?: string[] },
): Promise<void> {
  const { top: limit, modelVersion: version, minus: negative = [] } = options;
  const request = { model, version, positive, negative, limit };
  print(await withClient(options, (client) => client.words.analogy(request)), options);
}

function print(answer: { neighbors: WordNeighbor[] }, options: AskOptions): void {
  if (options.json) {
    printJson(answer);
    return;
  }
  const columns = [
    { head: 'word', value: (row: WordNeighbor) => row.word },
    { head: 'similarity', right: true, value: (row: WordNeighbor) => score(row.similarity) },
  ];
  console.log(renderTable(columns, answer.neighbors));
}
