import type { Scenario } from '@kindred/contracts';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { renderFields } from '../output/fields.ts';
import { moment, plural } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { type Column, renderTable } from '../output/table.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { scenarioOfFile } from '../scenarios/scenario-of-file.ts';
import { collectionOption } from './options.ts';

interface ScenarioOptions extends ConnectionOptions {
  collection: string;
}

const putExamples = `
Examples:
  $ kindred scenarios show home -c shop --json > home.json    # edit it, then
  $ kindred scenarios put home -c shop --file home.json
  $ echo '{"sources": [{"name": "bought_together", "weight": 1}], "quotas": [{"attribute": "brand", "max_per_value": 2}]}' |
      kindred scenarios put basket -c shop --file -

Sources: collaborative, factors, content, viewed_together, bought_together, next, popular, trending.
docs/recommendations.md says what each field means.`;

const columns: Column<Scenario>[] = [
  { head: 'scenario', value: (one) => one.name },
  {
    head: 'sources',
    flexible: true,
    value: (one) => one.sources.map(({ name, weight }) => `${name} ${weight}`).join(', '),
  },
  { head: 'rules', flexible: true, value: rulesOf },
  { head: 'declared', value: (one) => (one.builtIn ? 'built in' : moment(one.updatedAt)) },
];

export function scenariosCommand(terminal: Terminal = processTerminal): Command {
  const scenarios = new Command('scenarios').description('How places of a shop recommend: sources, exclusions, quotas');
  const list = command('list', 'The scenarios of a collection, built-in ones included');
  list.action(async (options: ScenarioOptions) => {
    const { collection } = options;
    const reply = await withClient(options, (client) => client.recommendation.listScenarios({ collection }));
    terminal.print(options.json ? jsonText(reply) : renderTable(columns, reply.scenarios));
  });
  const show = command('show', 'One of them, as put takes it').argument('<name>', 'scenario');
  show.action(async (name: string, options: ScenarioOptions) => {
    const { collection } = options;
    const { scenario } = await withClient(options, (client) => client.recommendation.getScenario({ collection, name }));
    terminal.print(options.json || !scenario ? jsonText(scenario) : scenarioText(scenario));
  });
  const put = command('put', 'Declare one, or replace it').argument('<name>', 'scenario');
  put
    .requiredOption('--file <file>', 'JSON, as show --json prints it; - for standard input')
    .addHelpText('after', putExamples);
  put.action(async (name: string, options: ScenarioOptions & { file: string }) => {
    const declared = { ...(await scenarioOfFile(options.file)), name, collection: options.collection };
    const reply = await withClient(options, (client) => client.recommendation.putScenario({ scenario: declared }));
    terminal.print(options.json ? jsonText(reply) : `${options.collection} declares ${name}`);
  });
  const remove = command('delete', 'Take one back; a built-in one of the name answers again').argument(
    '<name>',
    'scenario',
  );
  remove.action(async (name: string, options: ScenarioOptions) => {
    const { collection } = options;
    const reply = await withClient(options, (client) => client.recommendation.deleteScenario({ collection, name }));
    const said = reply.deleted ? `deleted ${name}` : `${collection} declares no ${name}`;
    terminal.print(options.json ? jsonText(reply) : said);
  });
  for (const one of [list, show, put, remove]) scenarios.addCommand(one);
  return scenarios;
}

/** All of it: a table would cut what it is looked at for. */
const scenarioText = (scenario: Scenario): string =>
  renderFields(columns.map(({ head, value }) => [head, value(scenario)]));

const command = (name: string, description: string): Command =>
  addConnectionOptions(new Command(name).description(description).addOption(collectionOption()));

function rulesOf(scenario: Scenario): string {
  const { diversity, freshness, quotas, halfLifeEvents, fatigue, exploration, logged, randomize } = scenario;
  const perValue = diversity?.attribute ? `, ${diversity.maxPerValue} per ${diversity.attribute}` : '';
  return [
    ...excludedBy(scenario.exclude),
    ...(diversity ? [`diversity ${diversity.strength}${perValue}`] : []),
    ...(freshness ? [`freshness ${freshness.weight}, half in ${plural(freshness.halfLifeDays, 'day')}`] : []),
    ...quotas.map(({ attribute, maxPerValue }) => `${maxPerValue} per ${attribute}`),
    ...(halfLifeEvents === undefined ? [] : [`half in ${plural(halfLifeEvents, 'event')}`]),
    ...(fatigue ? [`fatigue ${fatigue.factor} after ${plural(fatigue.freeImpressions, 'impression')}`] : []),
    ...(exploration ? [`exploration ${exploration.share}`] : []),
    ...(randomize ? [`randomize ${randomize.share} of ${randomize.depth ?? 20}`] : []),
    ...(logged ? ['logged'] : []),
  ].join('; ');
}

function excludedBy(exclude: Scenario['exclude']): string[] {
  const { boughtAgainAfterDays: days, blockedCategories = [], ...kinds } = exclude ?? {};
  const named = Object.entries(kinds).flatMap(([name, is]) => (is === true ? [name] : []));
  const all = named.map((name) => (name === 'bought' && days ? `bought (again after ${plural(days, 'day')})` : name));
  return [
    ...(all.length > 0 ? [`without ${all.join(', ')}`] : []),
    ...(blockedCategories.length > 0 ? [`never ${blockedCategories.join(', ')}`] : []),
  ];
}
