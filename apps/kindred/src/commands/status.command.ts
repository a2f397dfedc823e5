import type { GetStatusResponse } from '@kindred/contracts';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { count, plural } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { style } from '../output/style.ts';
import { type Column, renderTable } from '../output/table.ts';

const examples = `
Examples:
  $ kindred status
  $ kindred status --json | jq '.lags[] | select(.lag > 0)'
  $ KINDRED_ADDRESS=search.internal:50051 kindred status --api-key "$KEY"

missing: items whose vector is still to come; stale: vectors of an older text; orphaned: vectors without an item.
robots: who sent more events within a minute than RECOMMENDATION_ROBOT_EVENTS_PER_MINUTE; nothing is made of them.`;

export function statusCommand(): Command {
  const command = new Command('status')
    .description('Services, lag, rows, vectors and dead letters')
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((options: ConnectionOptions) => status(options));
}

async function status(options: ConnectionOptions): Promise<void> {
  await withClient(options, async (client) => {
    const response = await client.catalog.getStatus({});
    if (options.json) printJson(response);
    else console.log(statusText(response, options.address));
  });
}

export function statusText(status: GetStatusResponse, address: string): string {
  const heading = `Kindred ${status.version} at ${address} · ${status.databaseDriver} · ${status.messageDriver}`;
  const blocks = [
    style('bold', heading),
    section('services', renderTable(serviceColumns, status.services)),
    section('collections', renderTable(collectionColumns, status.collections)),
    section('consumers', renderTable(lagColumns, status.lags)),
    [
      plural(status.users, 'user record'),
      plural(status.interactions, 'interaction'),
      deadLetters(status.deadLetters),
      ...robots(status),
    ].join(' · '),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

const section = (title: string, table: string) => (table === '' ? '' : `${style('bold', title)}\n${table}`);

const deadLetters = (letters: bigint) =>
  letters === 0n ? '0 dead letters' : style('red', `${plural(letters, 'dead letter')}: kindred dead-letters list`);

const robots = ({ robots, robotEvents }: GetStatusResponse) =>
  robots === 0n ? [] : [`${plural(robots, 'robot')} kept out with ${plural(robotEvents, 'event')}`];

type Of<Key extends 'services' | 'collections' | 'lags'> = GetStatusResponse[Key][number];

const serviceColumns: Column<Of<'services'>>[] = [
  { head: 'name', value: (service) => service.name },
  { head: 'state', value: (service) => (service.ready ? style('green', 'ready') : style('red', 'not ready')) },
  { head: 'reason', flexible: true, value: (service) => service.reason },
];

const collectionColumns: Column<Of<'collections'>>[] = [
  { head: 'name', value: (row) => row.name },
  { head: 'items', right: true, value: (row) => count(row.items) },
  { head: 'vectors', right: true, value: (row) => count(row.vectors) },
  { head: 'missing', right: true, value: (row) => count(row.missing) },
  { head: 'stale', right: true, value: (row) => count(row.stale) },
  { head: 'orphaned', right: true, value: (row) => count(row.orphaned) },
  { head: 'model', value: (row) => row.model },
  { head: 'vectors by', value: (row) => row.vectorMethod },
  { head: 'text by', value: (row) => row.lexicalMethod },
];

const lagColumns: Column<Of<'lags'>>[] = [
  { head: 'group', value: (row) => row.group },
  { head: 'topic', value: (row) => row.topic },
  { head: 'lag', right: true, value: (row) => count(row.lag) },
];
