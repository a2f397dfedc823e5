import type { AnalyzedSynonym, AnalyzedTerm } from '@kindred/contracts';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { printJson } from '../output/json.ts';
import { renderTable } from '../output/table.ts';

const examples = `
Examples:
  $ kindred analyze products "Logitech's Wireless Mouse"
  $ kindred analyze shop '무선 마우스 -로지텍 "긴 배터리"'
  $ kindred analyze shop "노트북 추천" --json`;

export function analyzeCommand(): Command {
  const command = new Command('analyze')
    .description('The terms that a text is searched by in a collection')
    .argument('<collection>', 'collection whose stop words and synonyms apply')
    .argument('<text>', 'text to take apart')
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((collection: string, text: string, options: ConnectionOptions) =>
    analyze(collection, text, options),
  );
}

async function analyze(collection: string, text: string, options: ConnectionOptions): Promise<void> {
  const answer = await withClient(options, (client) => client.search.runAnalyzer({ collection, text }));
  if (options.json) return printJson(answer);
  const characters = [...text];
  const partOf = ({ start, end }: { start: number; end: number }) => characters.slice(start, end).join('');
  const columns = [
    { head: 'term', value: ({ term, morpheme }: AnalyzedTerm) => (morpheme ? term.slice(1) : term) },
    { head: 'from', value: partOf },
    { head: 'place', value: placeOf },
    { head: 'kind', value: ({ morpheme }: AnalyzedTerm) => (morpheme ? 'morpheme' : '') },
    { head: 'stop word', value: ({ stopWord }: AnalyzedTerm) => (stopWord ? 'yes' : '') },
  ];
  const synonymColumns = [
    { head: 'synonym', value: ({ word }: AnalyzedSynonym) => word },
    { head: 'its terms', value: ({ terms }: AnalyzedSynonym) => terms.join(' ') },
    { head: 'of', value: partOf },
    { head: 'place', value: placeOf },
  ];
  console.log(renderTable(columns, answer.terms) || 'The text has no letters or digits: there is nothing to look for.');
  if (answer.synonyms.length > 0) console.log(`\n${renderTable(synonymColumns, answer.synonyms)}\n`);
  console.log(`analyzed into ${answer.analyzer}`);
  for (const note of answer.notes) console.log(note);
  for (const phrase of answer.phrases) console.log(`must stand together: ${phrase}`);
  for (const word of answer.excluded) console.log(`must not occur: ${word}`);
}

const placeOf = ({ start, end }: { start: number; end: number }) => `${start}-${end}`;
