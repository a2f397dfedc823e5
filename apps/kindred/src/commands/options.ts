import type { KindredClient } from '@kindred/client';
import type { Attribute } from '@kindred/contracts';
import { InvalidArgumentError, Option } from 'commander';

/** A whole number within bounds, or a usage error that says so. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
  };
}

/** A number within bounds, or a usage error that says so. */
export function realNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a number from ${low} to ${high}.`);
  };
}

/** An option that may be given several times. */
export const collect = (value: string, earlier: string[] | undefined): string[] => [...(earlier ?? []), value];

export const commaList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export const collectionOption = () => new Option('-c, --collection <name>', 'collection to read').makeOptionMandatory();

export const filterOption = () =>
  new Option('-f, --filter <condition>', 'like "price < 30"; several must all hold').argParser(collect);

/** The declared attributes: they type the filter's values and name the columns. */
export async function attributesOf(client: KindredClient, collection: string): Promise<Attribute[]> {
  const response = await client.catalog.getCollection({ name: collection });
  return response.collection?.attributes ?? [];
}
