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
  const problems = result.error.issues.map((issue) => `  ${nameOf(issue, given)}: ${issue.message}`);
  throw new ConfigError(`The configuration has ${countOf(problems)}:\n${problems.join('\n')}`);
}

function nameOf(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const [variable, ...rest] = issue.path.map(String);
  if (variable === undefined) return 'environment';
  const missing = given[variable] === undefined ? ' (not set)' : '';
  return [variable, ...rest].join('.') + missing;
}

const countOf = (problems: string[]) => (problems.length === 1 ? 'a problem' : `${problems.length} problems`);
