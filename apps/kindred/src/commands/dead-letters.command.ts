import type { DeadLetter } from '@kindred/contracts';
import { Command } from 'commander';
import { UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { plural } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { renderTable } from '../output/table.ts';
import { wholeNumber } from './options.ts';

interface ListOptions extends ConnectionOptions {
  limit: number;
  pageToken?: string;
}

interface ReplayOptions extends ConnectionOptions {
  all?: boolean;
}

const listExamples = `
Examples:
  $ kindred dead-letters list
  $ kindred dead-letters list --limit 100 --json | jq -r '.dead_letters[].value | @base64d'`;

const replayExamples = `
Examples:
  $ kindred dead-letters replay 7d1c0f52
  $ kindred dead-letters replay --all

The original bytes go to the topic they came from; mend what refused them first.`;

export function deadLettersCommand(): Command {
  const letters = new Command('dead-letters').description('Events that could not be taken, and why');
  const list = letters
    .command('list')
    .description('The newest first')
    .option('-n, --limit <number>', 'letters per page, 1-1000', wholeNumber(1, 1000), 20)
    .option('--page-token <token>', 'the next page of an earlier answer')
    .addHelpText('after', listExamples);
  addConnectionOptions(list).action((options: ListOptions) => listLetters(options));
  const replay = letters
    .command('replay')
    .description('Publish them again')
    .argument('[id...]', 'dead letters to replay')
    .option('--all', 'all of them')
    .addHelpText('after', replayExamples);
  addConnectionOptions(replay).action((ids: string[], options: ReplayOptions) => replayLetters(ids, options));
  return letters;
}

async function listLetters(options: ListOptions): Promise<void> {
  const { limit, pageToken = '' } = options;
  const response = await withClient(options, (client) => client.catalog.listDeadLetters({ limit, pageToken }));
  if (options.json) return printJson(response);
  if (response.deadLetters.length === 0) return console.log('There are no dead letters.');
  const columns = [
    { head: 'id', value: (row: DeadLetter) => row.id },
    { head: 'failed at', value: (row: DeadLetter) => row.failedAt?.toISOString().slice(0, 19).replace('T', ' ') ?? '' },
    { head: 'topic', value: (row: DeadLetter) => row.topic },
    { head: 'key', value: (row: DeadLetter) => row.key },
    { head: 'field', value: (row: DeadLetter) => row.field },
    { head: 'reason', flexible: true, value: (row: DeadLetter) => row.reason },
  ];
  console.log(renderTable(columns, response.deadLetters));
  if (response.nextPageToken !== '') console.log(`\nmore with --page-token ${response.nextPageToken}`);
}

async function replayLetters(ids: string[], options: ReplayOptions): Promise<void> {
  if (ids.length === 0 && !options.all) throw new UsageError('name the dead letters to replay, or give --all');
  if (ids.length > 0 && options.all) throw new UsageError('give ids or --all, not both');
  const response = await withClient(options, (client) => client.catalog.replayDeadLetters({ ids }));
  if (options.json) printJson(response);
  else console.log(`replayed ${plural(response.replayed, 'dead letter')}`);
}
