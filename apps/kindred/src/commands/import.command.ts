import type { KindredClient } from '@kindred/client';
import { type Attribute, Collection, interactionTypes } from '@kindred/contracts';
import { Command, Option } from 'commander';
import { CliError, UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { isNotFound } from '../error-line.ts';
import { headerOf, type Kind, type Mapping, mapHeaders } from '../import/header-mapping.ts';
import { importInteractions } from '../import/import-interactions.ts';
import { importItems } from '../import/import-items.ts';
import { ImportReport } from '../import/import-report.ts';
import { attributeTypeName, inferAttributes } from '../import/infer-attributes.ts';
import { interactionType } from '../import/interaction-of-row.ts';
import { openSource } from '../import/open-source.ts';
import { type Sampled, sampleRowsOf } from '../import/sample.ts';
import { printJson } from '../output/json.ts';
import { ProgressBar } from '../output/progress.ts';
import { collect } from './options.ts';

interface ImportOptions extends ConnectionOptions {
  collection: string;
  kind: Kind;
  map?: string[];
  idColumn?: string;
  type?: string;
  format?: string;
  encoding: string;
  delimiter?: string;
  wait?: boolean;
  errors?: string;
}

const examples = `
Examples:
  $ kindred import my-products.csv --collection shop
  $ kindred import 상품.csv -c shop --encoding cp949 --map 상품명=title --map 제조사=supplier --map 메모=-
  $ kindred import feed.jsonl -c shop --id-column sku --errors refused.jsonl
  $ kindred import clicks.parquet -c shop --kind interactions --type click
  $ kindred import ratings.csv -c movies --kind interactions --type rating --map movieId=item_id

Columns are recognized by their usual English and Korean names (id, title, body, price, stock, image, category;
상품번호, 상품명, 설명, 가격, 재고, 이미지, 카테고리); all others become attributes of their own name. --map header=field
overrides that: a field is item_id, title, body, image_url, price, stock, hidden, categories, revision or the name of an
attribute; "-" leaves the column out. A collection that does not exist is made, its attribute types inferred from the
first 1,000 rows. Rows that are wrong are listed by line and the rest go in; the exit code is 1 when any was refused.`;

export function importCommand(): Command {
  const command = new Command('import')
    .description('Import items or interactions from CSV, JSON Lines or Parquet')
    .argument('<file>', '.csv, .tsv, .jsonl, .ndjson or .parquet')
    .addOption(new Option('-c, --collection <name>', 'collection to fill; made when absent').makeOptionMandatory())
    .addOption(new Option('--kind <kind>', 'what the rows are').choices(['items', 'interactions']).default('items'))
    .option('-m, --map <header=field>', 'which field a column fills; may be repeated', collect)
    .option('--id-column <header>', 'the column that identifies an item')
    .addOption(
      new Option('--type <type>', 'type of interactions in a file without a type column').choices(interactionTypes),
    )
    .addOption(new Option('--format <format>', 'when the name does not tell').choices(['csv', 'jsonl', 'parquet']))
    .option('--encoding <name>', 'of text files, like cp949', 'utf-8')
    .option('--delimiter <character>', 'between CSV fields; else detected (, ; tab |)')
    .option('--wait', 'wait until each row is stored and searchable (slower)')
    .option('--errors <file>', 'write all refused rows there, one JSON object per line')
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((file: string, options: ImportOptions) => importFile(file, options));
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  const begun = performance.now();
  const source = await openSource(file, options);
  const sampled = await sampleRowsOf(source);
  if (sampled.sample.length === 0) throw new CliError(`${file} has no readable row`);
  const mapping = mapHeaders(sampled.headers, options.kind, options.map ?? [], options.idColumn);
  checkMapping(mapping, sampled.headers, options.kind);
  const report = new ImportReport(options.errors);
  const created = await withClient(options, async (client) => {
    const collection = await ensureCollection(client, sampled, mapping, options);
    const bar = new ProgressBar(`importing ${options.kind}`);
    const common = { mapping, collection: options.collection, wait: options.wait ?? false, report };
    const onProgress = () => bar.update(source.progress(), report.done);
    try {
      const type = options.type === undefined ? undefined : interactionType(options.type);
      if (options.kind === 'interactions')
        await importInteractions(client, sampled.rows, { ...common, type, onProgress });
      else await importItems(client, sampled.rows, { ...common, attributes: collection.attributes, onProgress });
    } finally {
      bar.stop();
    }
    return collection.created;
  });
  finish(report, options, created, (performance.now() - begun) / 1000);
}

function checkMapping(mapping: Mapping, headers: string[], kind: Kind): void {
  const list = headers.join(', ');
  if (headerOf(mapping, 'item_id') === undefined) {
    throw new UsageError(`no column looks like the item's id; name it with --id-column. The file has: ${list}`);
  }
  if (kind === 'items') return;
  if (headerOf(mapping, 'user_id') === undefined && headerOf(mapping, 'session_id') === undefined) {
    throw new UsageError(
      `no column looks like a user or session; name it with --map header=user_id. The file has: ${list}`,
    );
  }
  if (headerOf(mapping, 'occurred_at') === undefined) {
    throw new UsageError(`no column looks like a time; name it with --map header=occurred_at. The file has: ${list}`);
  }
}

async function ensureCollection(
  client: KindredClient,
  { sample }: Sampled,
  mapping: Mapping,
  options: ImportOptions,
): Promise<{ attributes: Attribute[]; created: boolean }> {
  const name = options.collection;
  try {
    const { collection } = await client.catalog.getCollection({ name });
    return { attributes: collection?.attributes ?? [], created: false };
  } catch (error) {
    if (!isNotFound(error) || options.kind === 'interactions') throw error;
  }
  const attributes = inferAttributes(sample, mapping);
  await client.catalog.putCollection({ collection: Collection.fromPartial({ name, attributes }) });
  if (!options.json) console.log(inferredText(name, mapping, attributes));
  return { attributes, created: true };
}

export function inferredText(name: string, mapping: Mapping, attributes: Attribute[]): string {
  const fields = [...mapping].filter(([, field]) => field !== null && !field.startsWith('attributes'));
  const uses = (attribute: Attribute) =>
    [attribute.filterable ? 'filterable' : '', attribute.embedded ? 'searched' : '']
      .filter((use) => use !== '')
      .join(', ');
  const columns = fields.map(([header, field]) => `  ${header} → ${field}`);
  const inferred = attributes.map(
    (attribute) => `  ${attribute.name}: ${attributeTypeName(attribute)} (${uses(attribute) || 'kept'})`,
  );
  return [`made the collection ${name}, as inferred from the first rows:`, ...columns, ...inferred].join('\n');
}

function finish(report: ImportReport, options: ImportOptions, created: boolean, seconds: number): void {
  const { accepted, stale, rejected, bad } = report;
  if (options.json) {
    printJson({ collection: options.collection, created, accepted, stale, rejected, badRows: bad, seconds });
  } else {
    const what = options.kind === 'items' ? 'item' : 'interaction';
    for (const line of report.lines(what, options.collection, seconds)) console.log(line);
    if (options.kind === 'items' && !options.wait && accepted > 0) console.log('searchable soon: kindred status');
  }
  if (rejected > 0) process.exitCode = 1;
}
