import { SuggestionKind, type TextSuggestion } from '@kindred/contracts';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, withClient } from '../connection.ts';
import { count } from '../output/format.ts';
import { printJson } from '../output/json.ts';
import { renderTable } from '../output/table.ts';
import { wholeNumber } from './options.ts';

interface SuggestOptions extends ConnectionOptions {
  limit: number;
}

const examples = `
Examples:
  $ kindred suggest products "wirel"
  $ kindred suggest shop 로ㅈ                 # in the middle of a syllable
  $ kindred suggest shop fhwl                 # typed with the other keyboard layout
  $ kindred suggest products "logitech wire" --json | jq -r '.suggestions[].text'`;

export function suggestCommand(): Command {
  const command = new Command('suggest')
    .description('What a text being typed may become')
    .argument('<collection>', 'collection to read')
    .argument('<text>', 'as typed so far')
    .option('-n, --limit <number>', 'suggestions, 1-20', wholeNumber(1, 20), 8)
    .addHelpText('after', examples);
  return addConnectionOptions(command).action((collection: string, text: string, options: SuggestOptions) =>
    suggest(collection, text, options),
  );
}

async function suggest(collection: string, text: string, options: SuggestOptions): Promise<void> {
  const { limit } = options;
  const { suggestions } = await withClient(options, (client) => client.search.suggest({ collection, text, limit }));
  if (options.json) return printJson({ suggestions });
  const columns = [
    { head: 'text', flexible: true, value: (row: TextSuggestion) => row.text },
    { head: 'items', right: true, value: (row: TextSuggestion) => count(row.items) },
    {
      head: 'why',
      value: ({ kind }: TextSuggestion) =>
        kind === SuggestionKind.SUGGESTION_KIND_KEYBOARD ? 'the other keyboard layout' : '',
    },
  ];
  console.log(renderTable(columns, suggestions) || 'No title begins so.');
}
