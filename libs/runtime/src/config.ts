import { z } from 'zod';

/** The configuration cannot work. The message lists every problem and its way out; no stack is worth showing. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration once, at start-up. Blank variables count as absent (compose writes them so).
 * Throws a ConfigError that lists all problems at once, each beginning with the name of its variable.
 */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  env: Record<string, string | undefined> = process.env,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${nameOf(issue, given)}: ${messageOf(issue)}`);
  throw new ConfigError(`The configuration has ${countOf(problems)}:\n${problems.join('\n')}`);
}

/** The names of entries in API_KEYS are the keys themselves: never shown. */
function nameOf(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const [variable, entry, ...rest] = issue.path.map(String);
  if (variable === undefined) return 'environment';
  if (given[variable] === undefined) return `${variable} (not set)`;
  if (entry === undefined) return variable;
  return [variable, variable === 'API_KEYS' ? '<key>' : entry, ...rest].join('.');
}

const messageOf = (issue: z.core.$ZodIssue) =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;

const countOf = (problems: string[]) => (problems.length === 1 ? 'a problem' : `${problems.length} problems`);
