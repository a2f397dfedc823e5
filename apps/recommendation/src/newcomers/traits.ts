import { type AttributeDeclaration, analyze } from '@kindred/vector-index';

/** What is known of an item before anybody has met it. */
export interface DescribedItem {
  title: string;
  price: number | null;
  categories: readonly string[];
  attributes: Record<string, unknown>;
}

/** A trait that one item has alone says nothing of others. */
const fewestItems = 2;
/** The most frequent ones, 20,000 of a model of 64 dimensions: 5 MB. */
const mostWeights = 1_280_000;
const mostPerItem = 200;
/** Each number stands in one of 64 classes of as many items, and in the four and sixteen times wider ones around it. */
const classes = 64;
const widths = [1, 4, 16];

/** The cuts between the classes of each field of numbers, ascending. */
export type Cuts = Record<string, readonly number[]>;

/**
 * Describes items by 0/1 features: words of the title, categories with those above them, values of filterable attributes, and
 * classes of numbers and times. Every item has the first one, so that an unknown item has what is common to all.
 */
export class Traits {
  private readonly numbers: ReadonlyMap<string, number>;

  /** Of names and cuts as they were made. */
  constructor(
    readonly names: readonly string[],
    readonly cuts: Cuts,
  ) {
    this.numbers = new Map(names.map((name, number) => [name, number]));
  }

  /** Made of items that people have met, for factors of so many dimensions. */
  static over(
    items: readonly DescribedItem[],
    attributes: readonly AttributeDeclaration[],
    dimensions: number,
  ): Traits {
    const cuts = cutsOf(items, attributes);
    const counts = new Map<string, number>();
    for (const item of items) {
      for (const name of namesOf(item, attributes, cuts)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const known = [...counts].filter(([name, count]) => count >= fewestItems || name === everyItem);
    known.sort(([left, many], [right, more]) => more - many || (left < right ? -1 : 1));
    return new Traits(
      known.slice(0, Math.floor(mostWeights / dimensions)).map(([name]) => name),
      cuts,
    );
  }

  /** Numbers of the item's traits, as rows of a map. */
  of(item: DescribedItem, attributes: readonly AttributeDeclaration[]): number[] {
    return namesOf(item, attributes, this.cuts).flatMap((name) => this.numbers.get(name) ?? []);
  }
}

const everyItem = '';

function namesOf(item: DescribedItem, attributes: readonly AttributeDeclaration[], cuts: Cuts): string[] {
  const names = new Set([everyItem]);
  for (const category of item.categories) for (const path of withParents(category)) names.add(`categories=${path}`);
  for (const [field, value] of numbersOf(item, attributes)) {
    const at = classOf(value, cuts[field] ?? []);
    for (const width of widths) names.add(`${field}/${width}=${Math.floor(at / width)}`);
  }
  for (const { name, type } of filterable(attributes)) {
    if (type !== 'keyword' && type !== 'boolean') continue;
    for (const value of valuesOf(item.attributes[name])) names.add(`${name}=${String(value)}`);
  }
  for (const term of analyze(item.title)) names.add(`title ${term}`);
  return [...names].slice(0, mostPerItem);
}

/** "a/b/c" lies in "a/b" and in "a". */
function withParents(category: string): string[] {
  const parts = category.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

const filterable = (attributes: readonly AttributeDeclaration[]) => attributes.filter((one) => one.filterable);

const valuesOf = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

function numbersOf(item: DescribedItem, attributes: readonly AttributeDeclaration[]): [string, number][] {
  const found: [string, number][] = item.price === null ? [] : [['price', item.price]];
  for (const { name, type } of filterable(attributes)) {
    if (type !== 'number' && type !== 'time') continue;
    for (const value of valuesOf(item.attributes[name])) {
      const number = type === 'time' ? Date.parse(String(value)) : Number(value);
      if (Number.isFinite(number)) found.push([`attributes.${name}`, number]);
    }
  }
  return found;
}

function cutsOf(items: readonly DescribedItem[], attributes: readonly AttributeDeclaration[]): Cuts {
  const values = new Map<string, number[]>();
  for (const item of items) {
    for (const [field, value] of numbersOf(item, attributes)) {
      const known = values.get(field) ?? [];
      known.push(value);
      values.set(field, known);
    }
  }
  return Object.fromEntries(
    [...values].map(([field, all]) => {
      const sorted = Float64Array.from(all).sort();
      const cuts = Array.from(
        { length: classes - 1 },
        (_, at) => sorted[Math.floor(((at + 1) * all.length) / classes)]!,
      );
      return [field, cuts];
    }),
  );
}

/** How many cuts lie at or below the value: 0 to 63. */
const classOf = (value: number, cuts: readonly number[]): number => {
  let [from, to] = [0, cuts.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (cuts[middle]! <= value) from = middle + 1;
    else to = middle;
  }
  return from;
};
