import { Command, InvalidArgumentError, Option } from 'commander';
import { CliError, UsageError } from '../cli-error.ts';
import { addConnectionOptions } from '../connection.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import type { TuneFusionOptions } from '../tune/fusion/tune-fusion.ts';
import type { TuneOptions } from '../tune/tune.ts';
import { gridNames } from '../tune/tune-grid.ts';
import { realNumber, wholeNumber } from './options.ts';

const examples = `
Examples:
  $ DATABASE_URL=postgres://migrator@db/shop kindred tune --collection products
  $ kindred tune --collection products --queries queries.jsonl --recall .97 --apply
  $ kindred tune --collection products --recent --latency 5ms --grid full --output tuning
  $ kindred tune --fusion --collection products --queries judged.jsonl --apply
  $ kindred tune --fusion --collection products --clicks

It needs PostgreSQL, and DATABASE_URL with the user that runs kindred migrate. The vectors are copied to a table of its own
(schema kindred_tune, dropped at the end), so the live index is never touched; the machine is busy meanwhile.
A line of the queries is {"text": "..."}, {"vector": [...]} or {"item_id": "..."}; texts are embedded by the server at --address.
Without --queries and --recent vectors of the collection itself are held out of the copy and searched for.

With --fusion it learns how much vectors count beside words instead, of the server at --address, embedded or not. A line of the queries
is {"query": "...", "relevant": ["item id"]} or {"query": "...", "grades": {"item id": 2}}; --clicks takes interactions with the
request_id of an answer. Nothing is changed unless queries that were not learned from gain for certain (95 %).`;

type AllOptions = TuneOptions & TuneFusionOptions & { fusion?: boolean };

/** Of indexes. */
const indexOptions = 'tenant model recent rows grid clients seconds buildMemory recall latency output'.split(' ');

export function tuneCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('tune')
    .description(
      'Measure index settings on a copy of a collection, or learn the weight of vectors (--fusion), and recommend',
    )
    .addOption(new Option('-c, --collection <name>', 'collection to tune').makeOptionMandatory())
    .option('--tenant <id>', 'whose collection it is', 'default')
    .option('--model <name>', "one of the collection's models; else the one that texts are searched by")
    .option('--queries <file>', 'JSON Lines of queries')
    .option('--recent', 'the texts asked lately')
    .option('--sample <number>', 'most queries, 1-10000', wholeNumber(1, 10_000), 200)
    .option('--rows <number>', 'most vectors to copy', wholeNumber(100, 10_000_000), 100_000)
    .addOption(new Option('--grid <grid>', 'how much to try').choices([...gridNames]).default('small'))
    .option('--clients <number>', 'at once, 1-64', wholeNumber(1, 64), 4)
    .option('--seconds <number>', 'least time of each measurement', realNumber(0, 600), 0.5)
    .option('--build-memory <MB>', 'maintenance_work_mem of the builds', wholeNumber(1, 1_000_000), 512)
    .option('--recall <share>', 'least recall@10 wanted (default: 0.95)', realNumber(0.01, 1))
    .option('--latency <ms>', 'most milliseconds that 95 % may take, like 5ms', milliseconds)
    .option(
      '-o, --output <folder>',
      'where results.csv, results.json and report.html go (default: kindred-tune-<name>)',
    )
    .option('--fusion', 'learn the dense weight from judged queries or clicks')
    .option('--clicks', 'with --fusion: judge by the clicks on answers')
    .option('--apply', 'write what is recommended to the collection')
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((options: AllOptions) =>
    options.fusion ? learnFusion(command, options, terminal) : tuneIndex(options, terminal),
  );
}

async function tuneIndex(options: AllOptions, terminal: Terminal): Promise<void> {
  if (options.clicks) throw new UsageError('--clicks is for --fusion');
  if (options.recall !== undefined && options.latency !== undefined)
    throw new UsageError('give --recall or --latency, not both: one is the bound, the other is what is made best');
  if (options.queries !== undefined && options.recent) throw new UsageError('give --queries or --recent, not both');
  const url = process.env.DATABASE_URL;
  if (!url) {
    const why = 'the embedded database scans every vector and has nothing to tune';
    throw new CliError(`kindred tune needs PostgreSQL: set DATABASE_URL; ${why}`);
  }
  const { tune } = await import('../tune/tune.ts');
  await tune(url, options, terminal);
}

async function learnFusion(command: Command, options: AllOptions, terminal: Terminal): Promise<void> {
  const given = indexOptions.find((name) => command.getOptionValueSource(name) === 'cli');
  if (given) throw new UsageError(`--${kebab(given)} is of indexes; leave it out with --fusion`);
  if ((options.queries === undefined) === !options.clicks)
    throw new UsageError('--fusion learns from judgements: give one of --queries and --clicks');
  const { tuneFusion } = await import('../tune/fusion/tune-fusion.ts');
  await tuneFusion(options, terminal);
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function milliseconds(text: string): number {
  const value = Number(text.replace(/\s*ms$/, ''));
  if (text.trim() !== '' && value > 0 && value <= 600_000) return value;
  throw new InvalidArgumentError('Give milliseconds above 0, like 5ms.');
}
