import { type Attribute, AttributeType, type Condition, type FieldCondition, Filter } from '@kindred/contracts';
import { UsageError } from '../cli-error.ts';

const numberFields = new Set(['price', 'stock']);
const booleanFields = new Set(['in_stock']);
const help = `write it like "supplier = Logitech", "price < 30", "year >= 1995", "genres in (Comedy, Drama)", "color exists"`;

type Literal = { text: string; quoted: boolean };
type Test = NonNullable<FieldCondition['test']>;

/**
 * What people type after --filter to a Filter. All of them must hold; "and" joins several in one text, "!=", "not in" and
 * "missing" negate. Text that starts with "{" is the JSON form of the contract. A bare 4 is a number unless the
 * declared attribute holds keywords; quotes always make it text.
 */
export function parseFilter(texts: string[], attributes: Attribute[] = []): Filter | undefined {
  if (texts.length === 0) return undefined;
  const filter: Filter = { must: [], should: [], mustNot: [] };
  const types = new Map(attributes.map((attribute) => [attribute.name, attribute.type]));
  for (const text of texts) {
    if (text.trimStart().startsWith('{')) filter.must.push({ kind: { $case: 'filter', value: fromJson(text) } });
    else for (const clause of splitClauses(text)) addClause(filter, clause, types);
  }
  return filter;
}

function fromJson(text: string): Filter {
  try {
    return Filter.fromJSON(JSON.parse(text));
  } catch (cause) {
    throw new UsageError(`--filter starts with "{" but is not JSON: ${(cause as Error).message}`);
  }
}

/** At " and " outside quotes. */
function splitClauses(text: string): string[] {
  const parts = text.match(/(?:"[^"]*"|'[^']*'|[^"'])+?(?=\s+and\s+|$)(?:\s+and\s+)?/gi) ?? [text];
  return parts.map((part) => part.replace(/\s+and\s+$/i, '').trim()).filter((part) => part !== '');
}

function addClause(filter: Filter, clause: string, types: Map<string, AttributeType>): void {
  const parsed =
    /^(?<field>[^\s=<>!]+)\s+(?<operator>not\s+in|in)\s*\((?<value>.*)\)$/is.exec(clause) ??
    /^(?<field>[^\s=<>!]+)\s+(?<operator>exists|missing)(?<value>)$/i.exec(clause) ??
    /^(?<field>[^\s=<>!]+)\s+(?<operator>starts\s+with)\s+(?<value>.+)$/is.exec(clause) ??
    /^(?<field>[^=<>!]+?)\s*(?<operator>!=|>=|<=|==|=|>|<)\s*(?<value>.+)$/s.exec(clause);
  if (parsed === null) throw new UsageError(`cannot read the filter "${clause}"; ${help}`);
  const { field, operator, value } = parsed.groups as { field: string; operator: string; value: string };
  const name = field.trim();
  const { test, negated } = testOf(operator.toLowerCase().replace(/\s+/g, ' '), value.trim(), (literal) =>
    typed(literal, name, types.get(name)),
  );
  const condition: Condition = { kind: { $case: 'field', value: { field: name, test } } };
  (negated ? filter.mustNot : filter.must).push(condition);
}

function testOf(
  operator: string,
  value: string,
  toValue: (literal: Literal) => unknown,
): { test: Test; negated: boolean } {
  const one = () => toValue(literalOf(value));
  const bounds = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const;
  if (operator in bounds) {
    return { test: { $case: 'range', value: { [bounds[operator as keyof typeof bounds]]: one() } }, negated: false };
  }
  switch (operator) {
    case 'in':
    case 'not in':
      return { test: { $case: 'in', value: { values: listOf(value).map(toValue) } }, negated: operator === 'not in' };
    case 'exists':
    case 'missing':
      return { test: { $case: 'exists', value: operator === 'exists' }, negated: false };
    case 'starts with':
      return { test: { $case: 'prefix', value: literalOf(value).text }, negated: false };
    default:
      return { test: { $case: 'equals', value: one() }, negated: operator === '!=' };
  }
}

function literalOf(text: string): Literal {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  return quoted ? { text: quoted[2]!, quoted: true } : { text, quoted: false };
}

/** Comma-separated; a comma inside quotes belongs to the value. */
const listOf = (text: string): Literal[] =>
  (text.match(/\s*("[^"]*"|'[^']*'|[^,]+)/g) ?? []).map((part) => literalOf(part.trim()));

function typed({ text, quoted }: Literal, field: string, type: AttributeType | undefined): unknown {
  if (quoted) return text;
  const wantsNumber = numberFields.has(field) || type === AttributeType.ATTRIBUTE_TYPE_NUMBER;
  const wantsBoolean = booleanFields.has(field) || type === AttributeType.ATTRIBUTE_TYPE_BOOLEAN;
  const number = Number(text);
  if (text !== '' && Number.isFinite(number) && (wantsNumber || (type === undefined && String(number) === text))) {
    return number;
  }
  if (/^(true|false)$/i.test(text) && (wantsBoolean || type === undefined)) return text.toLowerCase() === 'true';
  return text;
}
