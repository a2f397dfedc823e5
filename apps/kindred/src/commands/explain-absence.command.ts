import type { KindredClient } from '@kindred/client';
import { AbsenceCause } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { filterOf } from '../filter/filter-option.ts';
import { jsonText } from '../output/json.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { attributesOf, collect, collectionOption, filterOption, wholeNumber } from './options.ts';
import { addOrderOptions, type OrderOptions, orderOf } from './order-options.ts';
import { searchModes } from './search.command.ts';

interface AbsenceOptions extends ConnectionOptions, OrderOptions {
  collection: string;
  text?: string;
  user?: string[];
  session?: string;
  scenario?: string;
  filter?: string[];
  limit: number;
  mode: keyof typeof searchModes;
  exact?: boolean;
}

const examples = `
Examples:
  $ kindred explain-absence 3920564 --collection products --text "toner" --filter 'price < 30'
  $ kindred explain-absence S-004 -c shop --user 김 --scenario home
  $ kindred explain-absence S-004 -c shop --scenario home                   # to nobody
  $ kindred explain-absence S-004 -c shop --user 김 --max-per brand=2       # asked as it was asked then
  $ kindred explain-absence 1 -c shop --text "무선 마우스" --limit 20 --json`;

export function explainAbsenceCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('explain-absence')
    .description('Why an item is not among the hits of a search, or of a recommendation')
    .argument('<item>', 'id of the item that is missed')
    .addOption(collectionOption())
    .option('-t, --text <text>', 'what was looked for')
    .option('-u, --user <id>', 'who was recommended to, instead of a search; several make a household', collect)
    .option('-s, --session <id>', 'the same of a session')
    .option('--scenario <name>', 'of that recommendation; without a user or session, to nobody')
    .addOption(filterOption())
    .option('-n, --limit <number>', 'hits per page of that search, 1-1000', wholeNumber(1, 1000), 10)
    .addOption(new Option('--mode <mode>', 'legs of that search').choices(Object.keys(searchModes)).default('hybrid'))
    .option('--exact', 'that search scanned exactly')
    .addHelpText('after', examples);
  return addConnectionOptions(addOrderOptions(command)).action((item: string, options: AbsenceOptions) =>
    explainAbsence(item, options, terminal),
  );
}

async function explainAbsence(itemId: string, options: AbsenceOptions, terminal: Terminal): Promise<void> {
  const { text, user, session, scenario } = options;
  const isRecommendation = [user, session, scenario].some((one) => one !== undefined);
  if (text === undefined && !isRecommendation) {
    throw new UsageError('give --text for a search, or --user, --session or --scenario for a recommendation');
  }
  if (text !== undefined && isRecommendation) {
    throw new UsageError('give --text, or --user, --session or --scenario, not both');
  }
  if (user !== undefined && session !== undefined) throw new UsageError('give --user or --session, not both');
  await withClient(options, async (client) => {
    const { position, reasons } = await (text === undefined
      ? ofRecommendation(client, itemId, options)
      : ofSearch(client, itemId, { ...options, text }));
    const named = reasons.map(({ cause, ...rest }) => ({ cause: causeName(cause), ...rest }));
    if (options.json) return terminal.print(jsonText({ position, reasons: named }));
    if (position !== undefined) return terminal.print(`${itemId} is there, at place ${position}.`);
    if (named.length === 0)
      return terminal.print('No reason was found: the item may have come in just now. Search again.');
    for (const { cause, message } of named) terminal.print(`${cause}: ${message}`);
  });
}

async function ofRecommendation(client: KindredClient, itemId: string, options: AbsenceOptions) {
  const attributes = await attributesOf(client, options.collection);
  const value = {
    collection: options.collection,
    userIds: options.user,
    sessionId: options.session,
    scenario: options.scenario,
    filter: filterOf(options.filter, attributes),
    limit: options.limit,
    ...orderOf(options, attributes),
  };
  return client.recommendation.explainRecommendationAbsence({ request: { $case: 'recommend', value }, itemId });
}

async function ofSearch(client: KindredClient, itemId: string, options: AbsenceOptions & { text: string }) {
  const attributes = await attributesOf(client, options.collection);
  const query = {
    collection: options.collection,
    by: { $case: 'text' as const, value: options.text },
    filter: filterOf(options.filter, attributes),
    limit: options.limit,
    mode: searchModes[options.mode],
    params: options.exact ? { exact: true } : undefined,
    ...orderOf(options, attributes),
  };
  return client.search.explainAbsence({ query, itemId });
}

const causeName = (cause: AbsenceCause) => AbsenceCause[cause].replace('ABSENCE_CAUSE_', '').toLowerCase();
