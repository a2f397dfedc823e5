import { Command, Option } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import {
  type ArmArgument,
  armArgument,
  guardrailArgument,
  holdoutArgument,
} from '../experiments/experiment-arguments.ts';
import { begunText, experimentsTable, statusText, stoppedText } from '../experiments/experiments-text.ts';
import { jsonText } from '../output/json.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { experimentsReplayCommand } from './experiments-replay.command.ts';
import { collectionOption, realNumber } from './options.ts';

interface ExperimentOptions extends ConnectionOptions {
  collection: string;
}

interface CreateOptions extends ExperimentOptions {
  scenario: string;
  arm: ArmArgument[];
  kind: string;
  metric: string;
  holdout?: { share: number; scenario?: string };
  guardrail?: { metric: string; mostRelativeDrop: number }[];
  alpha?: number;
  days?: number;
}

const createExamples = `
Examples:
  $ kindred experiments create "home, bolder" -c shop --scenario home --arm now=home --arm bold=home-bold
  $ kindred experiments create discount -c shop --scenario cart --arm now=cart --arm new=cart-2:0.2 \\
      --metric revenue --guardrail click=0.05 --holdout 0.1
  $ kindred experiments create quick -c shop --scenario home --kind interleave --arm now=home --arm bold=home-bold

The first arm is the control; arms are answered by scenarios (kindred scenarios list -c shop). docs/experiments.md`;

export function experimentsCommand(terminal: Terminal = processTerminal): Command {
  const experiments = new Command('experiments').description('Compare scenarios by what people do with their answers');
  const all = [createCommand, statusCommand, listCommand, stopCommand, experimentsReplayCommand];
  for (const one of all) experiments.addCommand(one(terminal));
  return experiments;
}

function createCommand(terminal: Terminal): Command {
  const create = named('create', 'Begin an experiment on a scenario')
    .requiredOption('--scenario <name>', 'requests to it take part')
    .addOption(
      new Option('--arm <name=scenario[:weight]>', 'twice or more').argParser(armArgument).makeOptionMandatory(),
    )
    .addOption(
      new Option('--kind <kind>', 'one arm each, or both on every page')
        .choices(['split', 'interleave'])
        .default('split'),
    )
    .addOption(
      new Option('--metric <metric>', 'what decides').choices(['click', 'conversion', 'revenue']).default('click'),
    )
    .option('--holdout <share[=scenario]>', 'people outside the arms of a split, like 0.1', holdoutArgument)
    .option('--guardrail <metric=drop>', 'halts an arm that certainly costs more, like revenue=0.05', guardrailArgument)
    .option('--alpha <share>', 'of experiments without a difference that may be told as one', realNumber(1e-6, 0.5))
    .option('--days <days>', 'in which a purchase counts for an answer; default 7', realNumber(1e-3, 90))
    .addHelpText('after', createExamples);
  return create.action(async (name: string, options: CreateOptions) => {
    const { collection, scenario, arm: arms, kind, metric, holdout, guardrail: guardrails, alpha, days } = options;
    const experiment = {
      collection,
      name,
      scenario,
      arms,
      kind,
      metric,
      holdout,
      guardrails,
      alpha,
      conversionDays: days,
    };
    const reply = await withClient(options, (client) => client.experiments.createExperiment({ experiment }));
    terminal.print(options.json || !reply.experiment ? jsonText(reply) : begunText(reply.experiment));
  });
}

function statusCommand(terminal: Terminal): Command {
  const status = named('status', 'What each arm did, and how it differs from the control');
  return status.action(async (name: string, options: ExperimentOptions) => {
    const { collection } = options;
    const reply = await withClient(options, (client) => client.experiments.getExperimentStatus({ collection, name }));
    terminal.print(options.json ? jsonText(reply, { messages: ['metrics'] }) : statusText(reply));
  });
}

function listCommand(terminal: Terminal): Command {
  const list = new Command('list')
    .description('Experiments, the newest first')
    .option('-c, --collection <name>', 'of one collection');
  return addConnectionOptions(list).action(async (options: ConnectionOptions & { collection?: string }) => {
    const { collection } = options;
    const reply = await withClient(options, (client) => client.experiments.listExperiments({ collection }));
    const table = experimentsTable(reply.experiments);
    terminal.print(
      options.json ? jsonText(reply) : table || 'No experiment yet. kindred experiments create begins one.',
    );
  });
}

function stopCommand(terminal: Terminal): Command {
  const stop = named('stop', 'The scenario answers as declared again').option(
    '--reason <text>',
    'kept with the experiment',
  );
  return stop.action(async (name: string, options: ExperimentOptions & { reason?: string }) => {
    const { collection, reason } = options;
    const reply = await withClient(options, (client) =>
      client.experiments.stopExperiment({ collection, name, reason }),
    );
    terminal.print(options.json || !reply.experiment ? jsonText(reply) : stoppedText(reply.experiment, reason));
  });
}

const named = (name: string, description: string): Command =>
  addConnectionOptions(
    new Command(name).description(description).argument('<name>', 'experiment').addOption(collectionOption()),
  );
