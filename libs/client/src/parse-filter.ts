import type { Condition, Filter } from '@kindred/contracts';
import { and, box, eq, exists, type FilterValue, not, oneOf, or, prefix, radius, range, where } from './filter.ts';
import { FilterSyntaxError, type Token, tokensOf } from './filter-tokens.ts';

/**
 * Reads "supplier = Logitech and price < 30": the operators = != < <= > >= and ~ (starts with), `in (a, b)`,
 * `not in (a, b)`, `exists`, `near (latitude, longitude, meters)`, `within (south, west, north, east)`, and, or, not,
 * parentheses. Values with blanks or signs go in quotes. A bare number or
 * true/false is one; in quotes, with leading zeros, or for one of `textFields` it is text. Throws a FilterSyntaxError
 * that points at the place.
 */
export function parseFilter(text: string, textFields: ReadonlySet<string> = new Set()): Filter {
  const parser = new FilterParser(text, textFields);
  return where(parser.whole());
}

const comparisons: Record<string, (field: string, value: FilterValue) => Condition> = {
  '=': eq,
  '!=': (field, value) => not(eq(field, value)),
  '<': (field, lt) => range(field, { lt }),
  '<=': (field, lte) => range(field, { lte }),
  '>': (field, gt) => range(field, { gt }),
  '>=': (field, gte) => range(field, { gte }),
  '~': (field, value) => prefix(field, String(value)),
};

/** Deeper than the server takes, and far below what would exhaust the stack. */
const deepest = 64;

class FilterParser {
  private readonly tokens: Token[];
  private index = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly textFields: ReadonlySet<string>,
  ) {
    this.tokens = tokensOf(text);
  }

  whole(): Condition {
    const condition = this.alternatives();
    if (this.peek().kind !== 'end')
      throw this.unexpected('join conditions with and / or, and put values with blanks in quotes');
    return condition;
  }

  private alternatives(): Condition {
    const list = [this.conjunction()];
    while (this.takeWord('or')) list.push(this.conjunction());
    return list.length === 1 ? list[0]! : or(...list);
  }

  private conjunction(): Condition {
    const list = [this.single()];
    while (this.takeWord('and')) list.push(this.single());
    return list.length === 1 ? list[0]! : and(...list);
  }

  private single(): Condition {
    this.depth += 1;
    if (this.depth > deepest) throw this.unexpected(`at most ${deepest} levels are read`);
    try {
      if (this.takeWord('not')) return not(this.single());
      if (!this.takeSign('(')) return this.comparison();
      const condition = this.alternatives();
      this.expectSign(')', 'the parenthesis is not closed');
      return condition;
    } finally {
      this.depth -= 1;
    }
  }

  private comparison(): Condition {
    const field = this.next();
    if (field.kind !== 'word' && field.kind !== 'quoted')
      throw this.unexpected('the name of a field belongs here', field);
    if (this.takeWord('exists')) return exists(field.text);
    if (this.takeWord('in')) return oneOf(field.text, this.list(field.text));
    if (this.takeWord('near')) {
      const [latitude, longitude, meters] = this.numbers(['latitude', 'longitude', 'meters']);
      return radius(field.text, { latitude: latitude!, longitude: longitude! }, meters!);
    }
    if (this.takeWord('within')) {
      const [south, west, north, east] = this.numbers(['south', 'west', 'north', 'east']);
      return box(field.text, { latitude: south!, longitude: west! }, { latitude: north!, longitude: east! });
    }
    if (this.takeWord('not')) {
      if (!this.takeWord('in')) throw this.unexpected('after "not" here comes "in (…)"');
      return not(oneOf(field.text, this.list(field.text)));
    }
    const sign = this.next();
    const compare = sign.kind === 'sign' ? comparisons[sign.text] : undefined;
    if (!compare)
      throw this.unexpected(`after "${field.text}" comes = != < <= > >= ~ in, exists, near or within`, sign);
    return compare(field.text, this.value(sign.text === '~' || this.textFields.has(field.text)));
  }

  private list(field: string): FilterValue[] {
    const asText = this.textFields.has(field);
    this.expectSign('(', 'the values of "in" stand in parentheses');
    const values = [this.value(asText)];
    while (this.takeSign(',')) values.push(this.value(asText));
    this.expectSign(')', 'values are separated by commas and end with a parenthesis');
    return values;
  }

  private numbers(names: string[]): number[] {
    const help = `here stand (${names.join(', ')}) in numbers`;
    const start = this.peek();
    this.expectSign('(', help);
    const values = [this.value()];
    while (this.takeSign(',')) values.push(this.value());
    this.expectSign(')', help);
    const numbers = values.filter((value) => typeof value === 'number');
    if (numbers.length !== names.length || values.length !== names.length) throw this.unexpected(help, start);
    return numbers;
  }

  private value(asText = false): FilterValue {
    const token = this.next();
    if (token.kind === 'quoted' || (token.kind === 'word' && asText)) return token.text;
    if (token.kind !== 'word') throw this.unexpected('a value belongs here', token);
    if (/^(true|false)$/i.test(token.text)) return token.text.toLowerCase() === 'true';
    return /^[-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(token.text) ? Number(token.text) : token.text;
  }

  private peek(): Token {
    return this.tokens[this.index]!;
  }

  private next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.index += 1;
    return token;
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    const matches = token.kind === 'word' && token.text.toLowerCase() === word;
    if (matches) this.index += 1;
    return matches;
  }

  private takeSign(sign: string): boolean {
    const token = this.peek();
    const matches = token.kind === 'sign' && token.text === sign;
    if (matches) this.index += 1;
    return matches;
  }

  private expectSign(sign: string, help: string): void {
    if (!this.takeSign(sign)) throw this.unexpected(help);
  }

  private unexpected(help: string, token = this.peek()): FilterSyntaxError {
    const what = token.kind === 'end' ? 'the filter ends' : `unexpected "${token.text}"`;
    return new FilterSyntaxError(`${what}: ${help},`, this.text, token.position);
  }
}
