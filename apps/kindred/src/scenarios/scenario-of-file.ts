import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Scenario } from '@kindred/contracts';
import { UsageError } from '../cli-error.ts';

const camelCase = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The same of a file; "-" is standard input. */
export async function scenarioOfFile(file: string): Promise<Scenario> {
  return scenarioOfJson(await textOf(file), file);
}

async function textOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
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
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new UsageError(`${file} must be a JSON object, like {"sources": [{"name": "popular", "weight": 1}]}`);
  }
  const { built_in: _, updated_at: __, ...declared } = given as Record<string, unknown>;
  const scenario = Scenario.fromJSON(camelKeys(declared));
  refuseUnknown(camelKeys(declared), Scenario.toJSON(scenario), file, '');
  return scenario;
}

function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camelCase(key), camelKeys(inner)]));
}

/** What the contract has no place for would be left out without a word. Zero and false are not written back. */
function refuseUnknown(given: unknown, kept: unknown, file: string, path: string): void {
  if (typeof given !== 'object' || given === null) return;
  for (const [key, value] of Object.entries(given)) {
    const inner = (kept as Record<string, unknown> | undefined)?.[key];
    const where = path === '' ? key : `${path}.${key}`;
    const isEmpty = value === 0 || value === false || value === '' || (Array.isArray(value) && value.length === 0);
    if (inner === undefined && !isEmpty)
      throw new UsageError(`${file}: a scenario has no field ${where}; see docs/recommendations.md`);
    refuseUnknown(value, inner, file, where);
  }
}
