import { Collection, type SearchSettings } from '@kindred/contracts';
import { Command } from 'commander';
import { UsageError } from '../cli-error.ts';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { addIndexOptions, hasIndexOptions, type IndexOptions, withIndex } from '../indexes/index-settings.ts';
import { plural } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { realNumber } from './options.ts';
import { readStopWords, readSynonyms, withLine } from './word-file.ts';

interface PutOptions extends ConnectionOptions, IndexOptions {
  synonyms?: string;
  stopWords?: string;
  denseWeight?: number;
  koreanAnalyzer?: string;
  expansionModel?: string;
}

const examples = `
Examples:
  $ kindred collections put products --synonyms synonyms.txt --stop-words stop-words.txt
  $ kindred collections put shop --dense-weight 0.4
  $ kindred collections put shop --synonyms /dev/null                # takes them all away
  $ kindred collections put shop --korean-analyzer garu-ko           # "" for pairs of characters alone
  $ kindred collections put shop --expansion-model my-words          # "" takes it away
  $ kindred collections put products --index hnsw --m 32 --ef-construction 200
  $ kindred collections put products --index ivfflat --distance l2
  $ kindred collections put products --index hnsw --element bit

Changes how a collection is searched, and makes the collection where there is none. An index is built in the background,
beside the one in use: kindred indexes list <name>. A file of synonyms has a
set per line: "notebook, laptop, portable computer" count as the same; "tv => oled, qled" widens the first word only. A file
of stop words has a word per line. Empty lines and lines that begin with # are left out.`;

export function collectionsPutCommand(): Command {
  const command = new Command('put')
    .description('Change how a collection is searched: its texts, its vector index')
    .argument('<name>', 'collection')
    .option('--synonyms <file>', 'sets of words that count as the same')
    .option('--stop-words <file>', 'words left out of queries that have other words')
    .option('--dense-weight <number>', 'most that vectors count beside words, 0-1', realNumber(0, 1))
    .option('--korean-analyzer <name>', 'garu-ko, or "": morphemes of Korean beside pairs of characters')
    .option('--expansion-model <name>', 'a word model whose nearest words queries look for as well; "" for none')
    .addHelpText('after', examples);
  return addIndexOptions(addConnectionOptions(command)).action((name: string, options: PutOptions) =>
    put(name, options),
  );
}

async function put(name: string, options: PutOptions): Promise<void> {
  const { denseWeight, koreanAnalyzer } = options;
  const synonyms = options.synonyms === undefined ? undefined : await readSynonyms(options.synonyms);
  const stopWords = options.stopWords === undefined ? undefined : await readStopWords(options.stopWords);
  const changes: Partial<SearchSettings> = {
    ...(synonyms && { synonyms: synonyms.entries }),
    ...(stopWords && { stopWords: stopWords.entries }),
    // A weight given by hand was not learned.
    ...(denseWeight !== undefined && { denseWeight, denseWeightSource: '' }),
    ...(koreanAnalyzer !== undefined && { koreanAnalyzer }),
  };
  const ofTexts = Object.keys(changes).length > 0;
  const ofCollection = options.expansionModel === undefined ? {} : { expansionModel: options.expansionModel };
  if (!ofTexts && options.expansionModel === undefined && !hasIndexOptions(options))
    throw new UsageError(
      'nothing to change; give --synonyms, --stop-words, --dense-weight, --korean-analyzer, --expansion-model or --index',
    );
  await withClient(options, async (client) => {
    const { collections } = await client.catalog.listCollections({});
    const before = withIndex(collections.find((one) => one.name === name) ?? Collection.fromPartial({ name }), options);
    const search = ofTexts ? { ...before.search, ...changes } : before.search;
    const wanted = { ...before, ...ofCollection, search };
    const { collection } = await client.catalog.putCollection({ collection: wanted }).catch((error: unknown) => {
      const ofSynonyms = withLine(error, 'collection.search.synonyms', synonyms);
      throw withLine(ofSynonyms, 'collection.search.stop_words', stopWords);
    });
    if (options.json) return printJson({ collection });
    if (hasIndexOptions(options))
      console.log(`${name} is declared; kindred indexes list ${name} shows when its index is as declared`);
    if (options.expansionModel !== undefined) console.log(`${name}: ${wideningText(options.expansionModel)}`);
    if (!ofTexts) return;
    const sets = plural(collection?.search?.synonyms.length ?? 0, 'synonym set');
    console.log(`${name}: ${sets}, ${plural(collection?.search?.stopWords.length ?? 0, 'stop word')}`);
  });
}

const wideningText = (model: string) =>
  model === '' ? 'queries are not widened' : `queries are widened by the newest "${model}"`;
