/** A filter text that cannot be read. `position` counts characters from 0. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';

  constructor(
    problem: string,
    readonly text: string,
    readonly position: number,
  ) {
    super(
      `${problem} at character ${position + 1} of the filter:\n  ${text}\n  ${' '.repeat(widthOf(text.slice(0, position)))}^`,
    );
  }
}

export interface Token {
  /** `word`: bare text; `quoted`: text that was in quotes; `sign`: an operator, a comma or a parenthesis. */
  kind: 'word' | 'quoted' | 'sign' | 'end';
  text: string;
  position: number;
}

const signs = /(?:!=|<=|>=|[=<>~(),])/y;
const words = /[^\s=<>~(),"'!]+/y;
const quotes = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/suy;

/** Splits a filter text. The last token is `end`. Throws a FilterSyntaxError. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const token = blankAt(text, position) ? undefined : tokenAt(text, position);
    if (token) tokens.push(token.token);
    position = token?.next ?? position + 1;
  }
  return [...tokens, { kind: 'end', text: '', position: text.length }];
}

const blankAt = (text: string, position: number) => /\s/u.test(text[position]!);

function tokenAt(text: string, position: number): { token: Token; next: number } {
  for (const [kind, pattern] of [
    ['quoted', quotes],
    ['sign', signs],
    ['word', words],
  ] as const) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (!match) continue;
    const found = kind === 'quoted' ? (match[1] ?? match[2] ?? '').replace(/\\(.)/gsu, '$1') : match[0];
    return { token: { kind, text: found, position }, next: pattern.lastIndex };
  }
  const problem = text[position] === '!' ? 'a lone "!" (write != or not)' : 'a quote that is never closed';
  throw new FilterSyntaxError(problem, text, position);
}

/** Columns in a terminal: Hangul, CJK and emoji take two. */
const widthOf = (text: string) =>
  [...text].reduce(
    (sum, char) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\p{Extended_Pictographic}]/u.test(
        char,
      )
        ? 2
        : 1),
    0,
  );
