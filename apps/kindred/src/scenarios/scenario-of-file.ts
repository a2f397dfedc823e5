import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Scenario } from '@kindred/contracts';
import { UsageError } from '../cli-error.ts';

const camelCase = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The same of a file; "-" is standard input. */
export async function scenarioOfFile(file: string): Promise<Scenario> {
  return file === '-'
    ? scenarioOfJson(await text(process.stdin), 'standard input')
    : scenarioOfJson(await textOf(file), file);
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  });
}

/** The scenario of a file in the spelling of `--json`. Throws a UsageError that names the field. */
function scenarioOfJson(json: string, file: string): Scenario {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (kindOf(given) !== 'an object') {
    throw new UsageError(`${file} must be a JSON object, like {"sources": [{"name": "popular", "weight": 1}]}`);
  }
  const { built_in: _, updated_at: __, ...declared } = given as Record<string, unknown>;
  const scenario = Scenario.fromJSON(camelKeys(declared));
  checkFields(declared, scenario, file, '');
  return scenario;
}

/** Empty entries of lists become objects without fields, which are refused by what they lack. */
function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => camelKeys(entry ?? {}));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camelCase(key), camelKeys(inner)]));
}

/**
 * What the contract has no place for would be left out without a word, and what is of another type be made to fit:
 * the text "false" is true. What was read has all fields of each message.
 */
function checkFields(given: object, read: object, file: string, path: string): void {
  for (const [key, value] of Object.entries(given)) {
    const name = camelCase(key);
    const where = Array.isArray(given) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (!(name in read)) throw new UsageError(`${file}: a scenario has no field ${where}; see docs/recommendations.md`);
    if (value === null && !Array.isArray(given)) continue;
    const inner = (read as Record<string, unknown>)[name];
    const [is, wanted] = [kindOf(value), kindOf(inner)];
    if (is !== wanted) throw new UsageError(`${file}: ${where} is ${is}; give ${wanted}`);
    if (typeof value === 'object') checkFields(value!, inner as object, file, where);
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'object' ? 'an object' : typeof value === 'number' ? 'a number' : 'a text';
}
