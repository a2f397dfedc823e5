import { boostOf } from '@kindred/client';
import type { Attribute } from '@kindred/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../cli-error.ts';
import { boostInput } from '../filter/boost-option.ts';
import { collect, realNumber, wholeNumber } from './options.ts';

/** What else orders hits than relevance: of searches and recommendations alike. */
export interface OrderOptions {
  boost?: string[];
  diversity?: number;
  maxPer?: { attribute: string; maxPerValue: number };
  groupBy?: string;
  groupSize?: number;
}

/** Help of these options, behind a command's examples. */
export const orderHelp = `
Boosts: score x (1 + sum of weight x value). A value is 1 where a condition matches ("0.5: price < 30"), the share of
the most popular ("0.2: popularity"), or of a field, in JSON as docs/queries.md has it:
  --boost '{"weight": 0.3, "field": "rating", "pivot": 3}'
  --boost '{"weight": 1, "decay": {"field": "released", "scale": 604800, "curve": "gaussian"}}'`;

export function addOrderOptions(command: Command): Command {
  return command
    .option('--boost <boost>', 'like "0.5: brand = Logitech"; below 0 lowers; may be given several times', collect)
    .option('--diversity <strength>', 'hits unlike those before them, 0-1', realNumber(0, 1))
    .option('--max-per <attribute=number>', 'so many hits of each value at most, like brand=2', maxPer)
    .option('--group-by <field>', 'the best hits of each value; --limit counts groups')
    .option('--group-size <number>', 'hits per group, 1-100 (default: 3)', wholeNumber(1, 100));
}

/** The fields of a request that say so. */
export function orderOf(options: OrderOptions, attributes: Attribute[]) {
  const { boost = [], diversity: strength, maxPer: most, groupBy: field, groupSize: size } = options;
  if (size !== undefined && field === undefined) throw new UsageError('--group-size needs --group-by <field>');
  return {
    boosts: boost.map((text, at) => boostOf(boostInput(text, attributes), at)),
    diversity: strength === undefined && most === undefined ? undefined : { strength, ...most },
    groupBy: field === undefined ? undefined : { field, size },
  };
}

/** "brand=2". */
function maxPer(text: string): OrderOptions['maxPer'] {
  const [, attribute, number] = /^(.+)=([1-9]\d{0,8})$/su.exec(text) ?? [];
  if (attribute === undefined) throw new InvalidArgumentError('Give attribute=number, like brand=2.');
  return { attribute: attribute.trim(), maxPerValue: Number(number) };
}
