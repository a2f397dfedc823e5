import { Command } from 'commander';
import { analyzeCommand } from './commands/analyze.command.ts';
import { collectionsCommand } from './commands/collections.command.ts';
import { datasetsCommand } from './commands/datasets.command.ts';
import { deadLettersCommand } from './commands/dead-letters.command.ts';
import { experimentsCommand } from './commands/experiments.command.ts';
import { explainCommand } from './commands/explain.command.ts';
import { explainAbsenceCommand } from './commands/explain-absence.command.ts';
import { facetCommand } from './commands/facet.command.ts';
import { importCommand } from './commands/import.command.ts';
import { indexesCommand } from './commands/indexes.command.ts';
import { itemsCommand } from './commands/items.command.ts';
import { mcpCommand } from './commands/mcp.command.ts';
import { migrateCommand } from './commands/migrate.command.ts';
import { modelsCommand } from './commands/models.command.ts';
import { nextCommand } from './commands/next.command.ts';
import { personalizeCommand } from './commands/personalize.command.ts';
import { recallCommand } from './commands/recall.command.ts';
import { recommendCommand } from './commands/recommend.command.ts';
import { scenariosCommand } from './commands/scenarios.command.ts';
import { searchCommand } from './commands/search.command.ts';
import { similarCommand } from './commands/similar.command.ts';
import { startCommand } from './commands/start.command.ts';
import { statusCommand } from './commands/status.command.ts';
import { suggestCommand } from './commands/suggest.command.ts';
import { trainCommand, trainingsCommand } from './commands/train.command.ts';
import { trendingCommand } from './commands/trending.command.ts';
import { tuneCommand } from './commands/tune.command.ts';
import { vectorsCommand } from './commands/vectors.command.ts';
import { wordsCommand } from './commands/words.command.ts';
import { hasColor, style } from './output/style.ts';
import { processTerminal, type Terminal } from './output/terminal.ts';

const examples = `
Examples:
  $ kindred start                                                        # everything in one process
  $ kindred search "wireless mouse under 30" --collection products --filter 'supplier = Logitech'
  $ kindred suggest products "wirel"                                    # while typing
  $ kindred recommend --user 42 --collection movies
  $ kindred similar --item 1 --collection movies
  $ kindred next --item 1 --collection movies                            # what people turned to after it
  $ kindred scenarios list --collection products                        # how places of a shop recommend
  $ kindred train --collection movies                                    # factors for recommendations
  $ kindred experiments status bolder --collection products             # which scenario people act on
  $ kindred import my-products.csv --collection shop                     # CSV, JSON Lines, Parquet
  $ kindred models migrate --collection products --to e5-small           # another model, without downtime
  $ kindred vectors status                                               # missing, stale, orphaned, refused
  $ kindred mcp                                                          # tools for assistants (MCP)
  $ kindred tune --collection products --recall .97                      # index settings, measured on a copy
  $ kindred status

Every command that asks a server takes --address, --api-key and --json; "kindred help <command>" shows its examples.`;

export function createProgram(version: string, terminal: Terminal = processTerminal): Command {
  const program = new Command('kindred')
    .description('Search and recommendations inside your own PostgreSQL')
    .version(version, '-v, --version')
    // Else "models register --version 1" would be asked for the version of the program.
    .enablePositionalOptions()
    .helpCommand(true)
    .showSuggestionAfterError(true)
    .addHelpText('after', examples);
  for (const command of [startCommand(), migrateCommand()]) program.addCommand(command);
  for (const command of [searchCommand(), recommendCommand(), similarCommand(), importCommand(), statusCommand()]) {
    program.addCommand(command);
  }
  for (const command of [trendingCommand(), nextCommand(), personalizeCommand(), scenariosCommand(terminal)])
    program.addCommand(command);
  for (const command of [facetCommand(terminal), explainCommand(terminal), explainAbsenceCommand(terminal)])
    program.addCommand(command);
  for (const command of [itemsCommand(terminal), collectionsCommand(), deadLettersCommand()])
    program.addCommand(command);
  program.addCommand(mcpCommand(version));
  for (const command of [suggestCommand(), analyzeCommand()]) program.addCommand(command);
  const ofModels = [modelsCommand(terminal), vectorsCommand(terminal), datasetsCommand(terminal), wordsCommand()];
  for (const command of [...ofModels, indexesCommand(terminal)]) program.addCommand(command);
  for (const command of [trainCommand(terminal), trainingsCommand(terminal), experimentsCommand(terminal)])
    program.addCommand(command);
  for (const command of [tuneCommand(terminal), recallCommand(terminal)]) program.addCommand(command);
  configure(program);
  return program;
}

/** Errors of all commands look alike, and usage errors end with 2. */
function configure(command: Command): void {
  command.exitOverride();
  command.configureHelp({ styleTitle: (title) => style('bold', title) });
  command.configureOutput({
    getOutHasColors: () => hasColor(process.stdout),
    getErrHasColors: () => hasColor(process.stderr),
    outputError: (text, write) => write(text.replace(/^error:/, style(['red', 'bold'], 'error:', process.stderr))),
  });
  for (const child of command.commands) configure(child);
}
