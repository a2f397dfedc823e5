import type { BreadthRecall, MeasuredIndex, RecallPoint } from '@kindred/contracts';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { count, moment } from '../output/format.ts';
import { jsonText } from '../output/json.ts';
import { type Column, renderTable } from '../output/table.ts';
import { processTerminal, type Terminal } from '../output/terminal.ts';
import { recallCurve } from '../recall/measured-recall.ts';
import { recallByBand } from '../recall/recall-by-band.ts';
import { wholeNumber } from './options.ts';

interface RecallOptions extends ConnectionOptions {
  days: number;
  hourly?: boolean;
}

const examples = `
Examples:
  $ kindred recall
  $ kindred recall products --days 30 --hourly
  $ kindred recall --json | jq '.points[] | select(.recall < 0.9)'

A share of the live queries (RECALL_SAMPLE) is answered again in the background, by its index and exactly, in one snapshot.
band: share of the items that passed the filter, 1 without one; recall: mean recall@10; worst: of a single query.

Below stands what each index found by ef_search: of probes made of its own vectors when it was built, and of live queries without
a filter, which searches go by once 200 were measured in a week.`;

const none =
  'No recall of live queries was measured: it is for those by an approximate index, where RECALL_SAMPLE is above 0.';

const figures: Column<Omit<RecallPoint, 'hour'>>[] = [
  { head: 'queries', right: true, value: (row) => count(row.queries) },
  { head: 'recall@10', right: true, value: (row) => row.recall.toFixed(3) },
  { head: 'worst', right: true, value: (row) => row.worst.toFixed(2) },
];
const scope: Column<Omit<RecallPoint, 'hour'>>[] = [
  { head: 'collection', value: (row) => row.collection },
  { head: 'band', value: (row) => row.band },
];
const hour: Column<RecallPoint> = { head: 'hour (UTC)', value: (row) => moment(row.hour).slice(0, 16) };

interface Curve extends Pick<MeasuredIndex, 'collection' | 'model'> {
  asked: string;
  /** Vectors in the index when it was measured; of live queries it is not told. */
  rows?: bigint;
  breadths: BreadthRecall[];
}

/** What searches go by comes last. */
const curvesOf = ({ collection, model, recall, live }: MeasuredIndex): Curve[] => [
  { collection, model, asked: `${count(recall!.probes)} probes`, rows: recall!.rows, breadths: recall!.breadths },
  ...(live ? [{ collection, model, asked: `${count(live.queries)} live queries`, breadths: live.breadths }] : []),
];

const curves: Column<Curve>[] = [
  { head: 'collection', value: (row) => row.collection },
  { head: 'model', value: (row) => row.model },
  { head: 'asked', right: true, value: (row) => row.asked },
  { head: 'rows', right: true, value: ({ rows }) => (rows === undefined ? '' : count(rows)) },
  { head: 'ef_search: recall@10', value: recallCurve },
];

export function recallCommand(terminal: Terminal = processTerminal): Command {
  const command = new Command('recall')
    .description('Measured recall of live queries by approximate indexes')
    .argument('[collection]', 'of one collection')
    .option('--days <number>', 'back from now, 1-90', wholeNumber(1, 90), 7)
    .option('--hourly', 'hour by hour')
    .addHelpText('after', examples);
  return addConnectionOptions(command).action(async (collection: string | undefined, options: RecallOptions) => {
    const since = new Date(Date.now() - options.days * 86_400_000);
    const { points, indexes } = await withClient(options, (client) => client.search.getRecall({ collection, since }));
    if (options.json) return terminal.print(jsonText({ points, indexes }));
    const table = options.hourly
      ? renderTable([...scope, hour, ...figures], points)
      : renderTable([...scope, ...figures], recallByBand(points));
    terminal.print(points.length === 0 ? none : table);
    if (indexes.length > 0) terminal.print(`\n${renderTable(curves, indexes.flatMap(curvesOf))}`);
  });
}
