import type { PlanChoice } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { duration } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { planDetails, planLine } from '../output/plan-line.ts';
import { type Column, renderTable } from '../output/table.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { attributesOf, collectionOption, filterOption, realNumber, wholeNumber } from './options.ts';
import { searchModes } from './search.command.ts';

interface ExplainOptions extends ConnectionOptions {
  collection: string;
  filter?: string[];
  limit: number;
  mode: keyof typeof searchModes;
  exact?: boolean;
  recallTarget?: number;
}

const examples = `
Examples:
  $ kindred explain "wireless mouse" --collection products --filter 'price < 30'
  $ kindred explain "무선 마우스" -c shop --mode dense --recall-target 0.99
  $ kindred explain "toner" -c products --json | jq -r .statement

The query is answered, then run once more with the clock on every step. time and recall@10: as they were estimated
before; the plan tells what they came to.`;

const columns: Column<PlanChoice>[] = [
  { head: '', value: ({ chosen }) => (chosen ? '→' : ' ') },
  { head: 'leg', value: ({ leg }) => leg },
  { head: 'way', value: ({ method }) => method },
  { head: 'time', right: true, value: ({ estimatedMs }) => (estimatedMs > 0 ? duration(estimatedMs) : '') },
  { head: 'recall@10', right: true, value: ({ estimatedRecall }) => estimatedRecall?.toFixed(3) ?? '' },
  { head: 'why', value: ({ reason }) => reason, flexible: true },
];

export function explainCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('explain')
    .description('Show how a search is planned and run')
    .argument('<text>', 'what to look for')
    .addOption(collectionOption())
    .addOption(filterOption())
    .option('-n, --limit <number>', 'hits per page, 1-1000', wholeNumber(1, 1000), 10)
    .addOption(new Option('--mode <mode>', 'legs to use').choices(Object.keys(searchModes)).default('hybrid'))
    .option('--exact', 'scan exactly instead of asking the vector index')
    .option('--recall-target <share>', 'recall@10 wanted, up to 1', realNumber(0.01, 1))
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((text: string, options: ExplainOptions) =>
    explain(text, options, terminal),
  );
}

async function explain(text: string, options: ExplainOptions, terminal: Terminal): Promise<void> {
  const { collection, filter, limit, mode, exact, recallTarget } = options;
  await withClient(options, async (client) => {
    const query = {
      collection,
      by: { $case: 'text' as const, value: text },
      filter: filter && filterOf(filter, await attributesOf(client, collection)),
      limit,
      mode: searchModes[mode],
      params: { exact, recallTarget },
    };
    const explanation = await client.search.explain({ query });
    if (options.json) return terminal.print(jsonText(explanation));
    const { response, choices, postgresPlan } = explanation;
    terminal.print([planLine(response?.plan), ...(response?.plan ? planDetails(response.plan) : [])].join('\n'));
    if (choices.length > 0) terminal.print(`\nWays that were weighed\n${renderTable(columns, choices)}`);
    terminal.print(
      postgresPlan === '' ? '\nThe database had nothing to do.' : `\nWhat PostgreSQL did\n${postgresPlan}`,
    );
  });
}
