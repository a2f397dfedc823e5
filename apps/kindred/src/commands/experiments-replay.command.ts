import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { replayText } from '../experiments/replay-text.ts';
import { jsonText } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { scenarioOfFile } from '../scenarios/scenario-of-file.ts';
import { collectionOption, realNumber } from './options.ts';

/** Tens of thousands of answers take their time. */
const slowestMs = 300_000;

interface ReplayOptions extends ConnectionOptions {
  collection: string;
  scenario: string;
  file: string;
  days?: number;
  mostWeight?: number;
}

const examples = `
Examples:
  $ kindred scenarios show home -c shop --json > new.json            # change the weights of its sources, then
  $ kindred experiments replay -c shop --scenario home --file new.json
  $ kindred experiments replay -c shop --scenario home --file new.json --days 7 --most-weight 50

The scenario must declare "randomize", like {"share": 0.1, "depth": 20}, and have answered people since. Nobody is shown
anything: docs/replay.md.`;

export function experimentsReplayCommand(terminal: Terminal): Command {
  const command = new Command('replay')
    .description('What other weights of a scenario would have earned, by its logged answers')
    .addOption(collectionOption())
    .requiredOption('--scenario <name>', 'whose answers')
    .requiredOption('--file <file>', 'the new setting: JSON, as scenarios show --json prints it; - for standard input')
    .option('--days <days>', 'answers of so many days; default 30', realNumber(0.01, 365))
    .option('--most-weight <weight>', 'clip greater weights: less chance, more bias', realNumber(1, 1e9))
    .addHelpText('after', examples);
  return addConnectionOptions(command).action(async (options: ReplayOptions) => {
    const { collection, scenario: name, file, days, mostWeight } = options;
    const scenario = { ...(await scenarioOfFile(file)), name, collection };
    const reply = await withClient(options, (client) =>
      client.experiments.replayScenario(
        { scenario, days, mostWeight },
        { deadlineMs: Math.max(options.timeout * 1_000, slowestMs) },
      ),
    );
    terminal.print(options.json ? jsonText(reply) : replayText(name, reply));
  });
}
