import { facetFieldOf } from '@kindred/client';
import type { FacetCounts, FacetValue, Range } from '@kindred/contracts';
import { Command, InvalidArgumentError } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { cell, count, duration, number, plural } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { style } from '../output/style.ts';
import { renderTable } from '../output/table.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { attributesOf, collectionOption, filterOption, wholeNumber } from './options.ts';

interface FacetOptions extends ConnectionOptions {
  collection: string;
  filter?: string[];
  limit: number;
}

interface Asked {
  field: string;
  ranges: Range[];
}

const examples = `
Examples:
  $ kindred facet supplier categories --collection products
  $ kindred facet supplier -c products -f 'price < 30' --limit 5
  $ kindred facet price=..10,10..50,50.. -c products          # by range: the lower bound counts, the upper does not
  $ kindred facet created_at=2026-01-01..2026-07-01 -c products --json`;

export function facetCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('facet')
    .description('Count how many items have which value')
    .argument('<field...>', 'field, or field=low..high,low..high', asked)
    .addOption(collectionOption())
    .addOption(filterOption())
    .option('-n, --limit <number>', 'values per field, 1-1000', wholeNumber(1, 1000), 10)
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((fields: Asked[], options: FacetOptions) =>
    facet(fields, options, terminal),
  );
}

/** "price=..10,10..50" to a field and its ranges. */
function asked(text: string, earlier: Asked[] | undefined): Asked[] {
  const at = text.indexOf('=');
  const field = at < 0 ? text : text.slice(0, at);
  const ranges =
    at < 0
      ? []
      : text
          .slice(at + 1)
          .split(',')
          .map(rangeOf);
  return [...(earlier ?? []), { field, ranges }];
}

function rangeOf(text: string): Range {
  const [low, high, ...rest] = text.split('..');
  if (low === undefined || high === undefined || rest.length > 0 || low + high === '') {
    throw new InvalidArgumentError(`"${text}" is no range; write low..high, ..high or low..`);
  }
  return { gte: boundOf(low), lt: boundOf(high), gt: undefined, lte: undefined };
}

function boundOf(text: string): number | string | undefined {
  if (text.trim() === '') return undefined;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

async function facet(fields: Asked[], options: FacetOptions, terminal: Terminal): Promise<void> {
  await withClient(options, async (client) => {
    const { collection, limit } = options;
    const filter = filterOf(options.filter, await attributesOf(client, collection));
    const request = { collection, filter, fields: fields.map((one) => facetFieldOf({ ...one, limit })) };
    const response = await client.search.facet(request);
    if (options.json) return terminal.print(jsonText(response));
    terminal.print(response.facets.map(facetText).join('\n\n'));
    terminal.print(style('dim', `\n${plural(response.total, 'item')} · ${duration(response.tookMs)}`));
  });
}

function facetText(facet: FacetCounts): string {
  const { field, values, distinct, missing, min, max } = facet;
  const columns = [
    { head: field, flexible: true, value: (one: FacetValue) => (one.range ? rangeText(one.range) : cell(one.value)) },
    { head: 'items', right: true, value: (one: FacetValue) => count(one.count) },
  ];
  const facts = [
    plural(distinct, 'value'),
    ...(missing > 0n ? [`${count(missing)} without`] : []),
    ...(min === undefined ? [] : [`from ${number(min)} to ${number(max!)}`]),
  ];
  const table = values.length === 0 ? `${field}: no values` : renderTable(columns, values);
  return `${table}\n${style('dim', facts.join(' · '))}`;
}

const rangeText = ({ gte, lt }: Range) => `${gte ?? ''}..${lt ?? ''}`;
