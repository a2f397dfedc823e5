import { and, parseFilter, where } from '@kindred/client';
import { type Attribute, AttributeType, type Condition, Filter } from '@kindred/contracts';
import { UsageError } from '../cli-error.ts';

const textTypes = new Set([
  AttributeType.ATTRIBUTE_TYPE_KEYWORD,
  AttributeType.ATTRIBUTE_TYPE_TEXT,
  AttributeType.ATTRIBUTE_TYPE_TIME,
]);
const builtInText = ['item_id', 'title', 'categories', 'created_at', 'updated_at'];

/**
 * What people type after --filter to a Filter: the client's filter text, or (from "{" on) the JSON form of the
 * contract; all of several must hold. A bare 4 is text for an attribute that is declared to hold text.
 */
export function filterOf(texts: string[] = [], attributes: Attribute[] = []): Filter | undefined {
  if (texts.length === 0) return undefined;
  const declared = attributes.filter(({ type }) => textTypes.has(type)).map(({ name }) => name);
  const textFields = new Set([...builtInText, ...declared]);
  const filters = texts.map((text) =>
    text.trimStart().startsWith('{') ? fromJson(text) : parseFilter(text, textFields),
  );
  return filters.length === 1 ? filters[0] : where(and(...filters.map(nested)));
}

const nested = (value: Filter): Condition => ({ kind: { $case: 'filter', value } });

function fromJson(text: string): Filter {
  try {
    return Filter.fromJSON(JSON.parse(text));
  } catch (cause) {
    throw new UsageError(`the filter starts with "{" but is not JSON: ${(cause as Error).message}`);
  }
}
