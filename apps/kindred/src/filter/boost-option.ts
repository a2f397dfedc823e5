import type { BoostInput } from '@kindred/client';
import type { Attribute, Filter } from '@kindred/contracts';
import { z } from 'zod';
import { UsageError } from '../cli-error.ts';
import { filterOf } from './filter-option.ts';

const place = z.strictObject({ latitude: z.number(), longitude: z.number() });
const decay = z.strictObject({
  field: z.string(),
  origin: z.union([z.number(), z.string(), place]).optional(),
  scale: z.number(),
  offset: z.number().optional(),
  atScale: z.number().optional(),
  curve: z.enum(['exponential', 'gaussian', 'linear']).optional(),
});
const weight = z.number();
/** A boost in JSON, by what it has beside the weight. */
const written = {
  filter: z.strictObject({ weight, filter: z.string() }),
  decay: z.strictObject({ weight, decay }),
  field: z.strictObject({ weight, field: z.string(), pivot: z.number(), missing: z.number().optional() }),
  popularity: z.strictObject({ weight, popularity: z.literal(true) }),
};
type Kind = keyof typeof written;

/** What people type after --boost: "weight: condition", "weight: popularity", or (from "{" on) the JSON of the client. */
export function boostInput(text: string, attributes: Attribute[]): BoostInput {
  if (text.trimStart().startsWith('{')) return ofJson(text, attributes);
  const [, number = '', value] = /^([^:]*\S)\s*:\s*(.*\S)\s*$/su.exec(text) ?? [];
  if (value === undefined || Number.isNaN(Number(number))) {
    throw new UsageError(`--boost "${text}" has no weight; write "0.5: brand = Logitech" or "0.2: popularity"`);
  }
  if (value === 'popularity') return { weight: Number(number), popularity: true };
  return { weight: Number(number), filter: conditionOf(value, attributes) };
}

function ofJson(text: string, attributes: Attribute[]): BoostInput {
  const given = jsonOf(text);
  const kind = Object.keys(given).find((key): key is Kind => Object.hasOwn(written, key));
  if (kind === undefined) {
    throw new UsageError(`--boost ${text} has no value; give one of ${Object.keys(written).join(', ')}`);
  }
  const { success, data, error } = written[kind].safeParse(given);
  if (!success) {
    const { path, message } = error.issues[0]!;
    throw new UsageError(
      `--boost ${text}: ${[...path.map(String), message].join(': ')}; see docs/queries.md, "Boosts"`,
    );
  }
  return 'filter' in data ? { weight: data.weight, filter: conditionOf(data.filter, attributes) } : data;
}

function jsonOf(text: string): object {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--boost starts with "{" but is not JSON: ${(cause as Error).message}`);
  }
}

function conditionOf(text: string, attributes: Attribute[]): Filter {
  try {
    return filterOf([text], attributes)!;
  } catch (cause) {
    throw new UsageError(`--boost: ${(cause as Error).message}`);
  }
}
