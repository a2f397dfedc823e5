import { Command, Option } from 'commander';
import { addConnectionOptions } from '../connection.ts';
import { analogy, similar } from '../words/ask-words.ts';
import { exportFile, importFile, wordFormats } from '../words/move-words.ts';
import { train } from '../words/train-words.ts';
import { realNumber, wholeNumber } from './options.ts';

const trainExamples = `
Examples:
  $ kindred words train --corpus reviews.txt --name my-words
  $ kindred words train --corpus books/*.txt --name novels --unit paragraph --epochs 10 --threads 2
  $ kindred words train --corpus shop --name shop-words --dimensions 128      # the text of the collection "shop"
  $ kindred words train --corpus 댓글.txt --name ko --min-count 3 --json

A corpus is UTF-8 text, a sentence per line (or per paragraph), or the text of a collection's items. With one thread the
same text, settings and seed give the same vectors, bit by bit. N-grams (of jamo in Hangul) give words that the corpus
never had a vector too; --subwords 0 leaves them out, which saves a tenth to a quarter of the time.`;

const similarExamples = `
Examples:
  $ kindred words similar my-words 왕 --top 5
  $ kindred words similar novels king --json | jq -r '.neighbors[].word'`;

const analogyExamples = `
Examples:
  $ kindred words analogy novels king woman --minus man
  $ kindred words analogy my-words 왕 여자 --minus 남자 --top 3`;

const importExamples = `
Examples:
  $ kindred words import wiki.ko.vec --name wiki-ko --format fasttext-vec
  $ kindred words import GoogleNews.bin --name news --format word2vec-binary`;

const exportExamples = `
Examples:
  $ kindred words export my-words --output my-words.vec
  $ kindred words export my-words --format word2vec-binary --output my-words.bin
  $ kindred words export my-words --output - | head -1

Vectors of n-grams are not exported: none of these formats has a place for them.`;

export function wordsCommand(): Command {
  const words = new Command('words').description("Word vectors from one's own text");
  for (const command of [trainCommand(), similarCommand(), analogyCommand(), importCommand(), exportCommand()]) {
    words.addCommand(command);
  }
  return words;
}

function trainCommand(): Command {
  const command = new Command('train')
    .description('Train word vectors on files or on a collection')
    .addOption(new Option('--corpus <files...>', 'text files, or the name of a collection').makeOptionMandatory())
    .addOption(new Option('--name <name>', 'name of the model').makeOptionMandatory())
    .option('--dimensions <number>', 'values per vector, 8-1000', wholeNumber(8, 1_000), 100)
    .option('--window <number>', 'furthest neighbor to learn, 1-100', wholeNumber(1, 100), 5)
    .option('--negatives <number>', 'words drawn against each observed one, 1-100', wholeNumber(1, 100), 5)
    .option('--epochs <number>', 'times over the corpus, 1-1000', wholeNumber(1, 1_000), 5)
    .option('--min-count <number>', 'leave out words that occur less often', wholeNumber(1, 1_000_000), 5)
    .option('--rate <number>', 'learning rate at the start, up to 1', realNumber(1e-6, 1))
    .option(
      '--sample <number>',
      'share above which frequent words are thinned out; 0 for never',
      realNumber(0, 1),
      0.001,
    )
    .option('--subwords <buckets>', 'vectors that n-grams share; 0 for none', wholeNumber(0, 4_194_304), 131_072)
    .addOption(new Option('--unit <unit>', 'what a sentence is').choices(['line', 'paragraph']).default('line'))
    .option('--seed <number>', 'of chance', wholeNumber(0, 4_294_967_295), 1)
    .option('--threads <number>', 'worker threads, 1-64; more than one is not reproducible', wholeNumber(1, 64), 1)
    .addHelpText('after', trainExamples);
  return addConnectionOptions(command).action(train);
}

const top = () =>
  new Option('-t, --top <number>', 'words to show, 1-1000').argParser(wholeNumber(1, 1_000)).default(10);
const version = () => new Option('--model-version <version>', 'else the newest').default('', 'newest');

function similarCommand(): Command {
  const command = new Command('similar')
    .description('The words nearest to a word')
    .argument('<model>', 'name of the model')
    .argument('<word>', 'what to look for')
    .addOption(top())
    .addOption(version())
    .addHelpText('after', similarExamples);
  return addConnectionOptions(command).action(similar);
}

function analogyCommand(): Command {
  const command = new Command('analogy')
    .description('Words near some words and far from others')
    .argument('<model>', 'name of the model')
    .argument('<words...>', 'to be near')
    .option('--minus <words...>', 'to be far from')
    .addOption(top())
    .addOption(version())
    .addHelpText('after', analogyExamples);
  return addConnectionOptions(command).action(analogy);
}

const format = () =>
  new Option('--format <format>', 'of the file').choices(Object.keys(wordFormats)).default('fasttext-vec');

function importCommand(): Command {
  const command = new Command('import')
    .description('Import vectors of word2vec or fastText')
    .argument('<file>', 'the file of vectors')
    .addOption(new Option('--name <name>', 'name of the model').makeOptionMandatory())
    .addOption(format())
    .addHelpText('after', importExamples);
  return addConnectionOptions(command).action(importFile);
}

function exportCommand(): Command {
  const command = new Command('export')
    .description('Export vectors for word2vec, fastText or gensim')
    .argument('<model>', 'name of the model')
    .addOption(new Option('-o, --output <file>', 'file to write; - for standard output').makeOptionMandatory())
    .addOption(format())
    .addOption(version())
    .addHelpText('after', exportExamples);
  return addConnectionOptions(command).action(exportFile);
}
