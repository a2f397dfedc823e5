import { Command, Option } from 'commander';
import { UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { jsonText } from '../output/json.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { runsTable } from '../train/run-text.ts';
import { type TrainOptions, train } from '../train/train.ts';
import { realNumber, wholeNumber } from './options.ts';

const trainExamples = `
Examples:
  $ kindred train --collection movies
  $ kindred train -c movies --dimensions 128 --threads 2
  $ kindred train -c movies --search 12 --search-seconds 900     # tries 12 settings, for 15 minutes at most
  $ kindred train -c movies --resume 7                           # goes on where run 7 was stopped

Records a dataset, trains item factors on it, and measures them on pairs that no training ever sees. They take over at
once, unless the active ones are better: then those stay, and the answer says so. Settings: docs/training.md.`;

export function trainCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('train')
    .description('Train what recommendations know of items from what people did')
    .addOption(new Option('-c, --collection <name>', 'collection to learn from').makeOptionMandatory())
    .option('--dataset <name>', 'a recorded dataset to read; else one is recorded')
    .option('--resume <run>', 'a failed run to go on with, as it began', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--dimensions <number>', 'numbers per item, 2-512; default 64', wholeNumber(2, 512))
    .option('--epochs <number>', 'times over the data, 1-200; default 12', wholeNumber(1, 200))
    .option('--unobserved <weight>', 'of a pair nobody chose, against 1; default 0.2', realNumber(1e-6, 10))
    .option('--regularization <number>', 'default 0.01', realNumber(1e-9, 1e6))
    .option('--exponent <number>', 'how far frequent rows are regularized more; 0-1, default 1', realNumber(0, 1))
    .option('--seed <number>', 'of chance; default 1', wholeNumber(0, 4_294_967_295))
    .option('--threads <number>', 'worker threads of the server, 1-16', wholeNumber(1, 16), 1)
    .option('--search <trials>', 'try so many settings first', wholeNumber(1, 1_000))
    .option('--search-seconds <seconds>', 'and for so long at most; default 600', wholeNumber(1, 86_400))
    .addHelpText('after', trainExamples);
  return addConnectionOptions(command).action((options: TrainOptions) => {
    refuseIgnored(options);
    return train(options, terminal);
  });
}

/** Before a dataset is recorded in vain. */
function refuseIgnored({ resume, search, searchSeconds, ...options }: TrainOptions): void {
  const settings = ['dataset', 'dimensions', 'epochs', 'unobserved', 'regularization', 'exponent', 'seed'] as const;
  const given = settings.find((name) => options[name] !== undefined) ?? (search === undefined ? undefined : 'search');
  if (resume !== undefined && given !== undefined) {
    throw new UsageError(
      `--${given} is given with --resume, and a run goes on as it began: leave it out, or train anew`,
    );
  }
  if (searchSeconds !== undefined && search === undefined)
    throw new UsageError('--search-seconds is given without --search: say how many settings are tried');
}

interface ListOptions extends ConnectionOptions {
  collection?: string;
}

export function trainingsCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('trainings')
    .description('What was trained, how good it is, and which run is active')
    .option('-c, --collection <name>', 'of one collection')
    .addHelpText('after', '\nExamples:\n  $ kindred trainings\n  $ kindred trainings -c movies --json');
  return addConnectionOptions(command).action(async (options: ListOptions) => {
    const { collection } = options;
    const { runs } = await withClient(options, (client) => client.training.listTrainingRuns({ collection }));
    if (options.json) terminal.print(jsonText({ runs }, { messages: ['metrics', 'settings'] }));
    else terminal.print(runsTable(runs) || 'Nothing was trained yet. kindred train --collection <name> begins.');
  });
}
