import { Collection, Distance, IndexElement, IndexKind, type IndexSettings } from '@kindred/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface IndexOptions {
  index?: string;
  m?: number;
  efConstruction?: number;
  lists?: number;
  distance?: string;
  element?: string;
  efSearch?: number;
  probes?: number;
  segments?: string[];
}

const optionNames = [
  'index',
  'm',
  'efConstruction',
  'lists',
  'distance',
  'element',
  'efSearch',
  'probes',
  'segments',
] as const;
const kinds = ['auto', 'exact', 'hnsw', 'ivfflat'];
const distances = ['cosine', 'inner_product', 'l2', 'l1', 'hamming', 'jaccard'];
const elements = ['stored', 'half', 'bit'];

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
}

/** Of one or several: "" alone leaves them to what is asked. */
const fieldsOf = (name: string, before: string[] = []) => (name === '' ? before : [...before, name]);

export const addIndexOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--index <kind>', 'kind of the vector index; the settings left out are its defaults').choices(kinds),
    )
    .addOption(new Option('--m <number>', 'HNSW: links of an element, 2-100').argParser(wholeNumber))
    .addOption(
      new Option('--ef-construction <number>', 'HNSW: breadth while it is built, 2 m to 1000').argParser(wholeNumber),
    )
    .addOption(new Option('--ef-search <number>', 'HNSW: breadth of a search, 1-1000').argParser(wholeNumber))
    .addOption(new Option('--lists <number>', 'IVFFlat: lists, 1-32768').argParser(wholeNumber))
    .addOption(new Option('--probes <number>', 'IVFFlat: lists that a search looks at').argParser(wholeNumber))
    .addOption(
      new Option(
        '--segments <fields...>',
        'HNSW: fields whose common values get a graph of their own; none for none, "" for what searches ask for',
      ).argParser(fieldsOf),
    )
    .addOption(new Option('--distance <name>', 'what is near').choices(distances))
    .addOption(new Option('--element <name>', 'what the index is made of').choices(elements));

export const hasIndexOptions = (options: IndexOptions): boolean =>
  optionNames.some((name) => options[name] !== undefined);

/** The collection with other settings of its index; with none of the options, as it was. */
export function withIndex(collection: Collection, options: IndexOptions): Collection {
  const { index: kind, m, efConstruction, lists, efSearch, probes, distance, element, segments } = options;
  const named: Partial<IndexSettings> = {
    ...(segments && { segments }),
    ...(distance && { distance: Distance[`DISTANCE_${distance.toUpperCase()}` as keyof typeof Distance] as Distance }),
    ...(element && {
      element: IndexElement[`INDEX_ELEMENT_${element.toUpperCase()}` as keyof typeof IndexElement] as IndexElement,
    }),
  };
  const numbers = Object.fromEntries(
    Object.entries({ m, efConstruction, lists, efSearch, probes }).filter(([, value]) => value !== undefined),
  );
  // Another kind has other numbers: the old ones would be refused.
  const start =
    kind === undefined
      ? collection.index
      : { kind: IndexKind[`INDEX_KIND_${kind.toUpperCase()}` as keyof typeof IndexKind] };
  return Collection.fromPartial({ ...collection, index: { ...start, ...named, ...numbers } as IndexSettings });
}
