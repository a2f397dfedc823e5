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

/**
 * Conditions over items, aliased i. The matching documents are found once and hashed; "is true" keeps the planner from
 * making a join of them, behind which an index no longer gives the order.
 */
export function conditionsSql(
  { must, mustNot }: TextConditions,
  collection: string,
  params: StatementParams,
): string[] {
  const found = (query: string) =>
    `i.item_id in (select found from kindred.documents_with(${collection}, ${params.add(query, 'tsquery')}) found)`;
  const conditions: string[] = [];
  if (must.length > 0) conditions.push(`(${found(must.map((one) => `(${one})`).join(' & '))}) is true`);
  if (mustNot.length > 0) conditions.push(`(${found(mustNot.map((one) => `(${one})`).join(' | '))}) is not true`);
  return conditions;
}
