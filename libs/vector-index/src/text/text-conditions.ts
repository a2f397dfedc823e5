import { analyze } from '../analyze.ts';
import type { StatementParams } from '../search/statement-params.ts';
import type { QueryText } from './query-text.ts';

/** True of every hit, whichever leg found it; tsqueries. */
export interface TextConditions {
  must: readonly string[];
  mustNot: readonly string[];
}

export const noConditions: TextConditions = { must: [], mustNot: [] };

export const isUnconditional = ({ must, mustNot }: TextConditions) => must.length === 0 && mustNot.length === 0;

export function conditionsOf({ phrases, excluded }: QueryText): TextConditions {
  const together = (text: string) =>
    analyze(text)
      .map((term) => `'${term}'`)
      .join(' <-> ');
  return { must: phrases.map(together), mustNot: excluded.map(together) };
}

/** Why a first page may be empty: what the marks in the text ask of every hit. */
export function unmetNotes({ must, mustNot }: TextConditions): string[] {
  const asked = [
    ...(must.length > 0 ? ['has the words in quotation marks together'] : []),
    ...(mustNot.length > 0 ? ['lacks the words behind -'] : []),
  ];
  if (asked.length === 0) return [];
  return [`No item that passes ${asked.join(' and ')}; the option literal takes the text as it is`];
}

/** The same conditions in three words; each statement takes those that suit its rows. */
export interface ConditionsSql {
  /** Over items, aliased i: the documents that have the words are found once, by a scan of all, and hashed. */
  ofItems: string[];
  /** The same where items are looked up one by one: so are the documents that must lack words. Few have a phrase, which would be looked for long. */
  ofLookedUp: string[];
  /** Over the rows of documents themselves. */
  ofDocuments(alias: string): string[];
}

/** "is true" keeps PostgreSQL from making a join of them, behind which an index no longer gives the order. */
export function conditionsSql(
  { must, mustNot }: TextConditions,
  collection: string,
  params: StatementParams,
): ConditionsSql {
  const [all, none] = [together(must, ' & ', params), together(mustNot, ' | ', params)];
  const found = (query: string) =>
    `(i.item_id in (select found from kindred.documents_with(${collection}, ${query}) found))`;
  const document = `select d.terms @@ ${none} from kindred.documents d where d.collection_id = ${collection} and d.item_id = i.item_id`;
  const has = all ? [`${found(all)} is true`] : [];
  return {
    ofItems: none ? [...has, `${found(none)} is not true`] : has,
    ofLookedUp: none ? [...has, `(${document}) is not true`] : has,
    ofDocuments: (alias) => [
      ...(all ? [`${alias}.terms @@ ${all}`] : []),
      ...(none ? [`not ${alias}.terms @@ ${none}`] : []),
    ],
  };
}

const together = (queries: readonly string[], by: string, params: StatementParams) =>
  queries.length === 0 ? undefined : params.add(queries.map((one) => `(${one})`).join(by), 'tsquery');
