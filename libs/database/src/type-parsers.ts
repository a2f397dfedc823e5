import pg from 'pg';

type Parser = (text: string) => unknown;

const asText: Parser = (text) => text;
const asNumber: Parser = Number;
const asBigint: Parser = BigInt;
const asBoolean: Parser = (text) => text === 't';
const asJson: Parser = JSON.parse;
const asBytes: Parser = (text) => Buffer.from(text.slice(2), 'hex');
/** Understands 'infinity', which becomes Infinity. */
const asTime = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as Parser;

/** [element type, its array type, parser]; oids of pg_type that are fixed in every PostgreSQL. */
const known: [element: number, array: number, parser: Parser][] = [
  [16, 1000, asBoolean],
  [17, 1001, asBytes],
  [18, 1002, asText], // "char"
  [19, 1003, asText], // name
  [20, 1016, asBigint],
  [21, 1005, asNumber],
  [23, 1007, asNumber],
  [25, 1009, asText],
  [26, 1028, asNumber], // oid
  [114, 199, asJson],
  [700, 1021, asNumber],
  [701, 1022, asNumber],
  [1042, 1014, asText], // char(n)
  [1043, 1015, asText], // varchar
  [1082, 1182, asText], // date
  [1114, 1115, asText], // timestamp
  [1184, 1185, asTime],
  [1700, 1231, asText], // numeric
  [2950, 2951, asText], // uuid
  [3802, 3807, asJson],
];

const parsers = new Map<number, Parser>();
for (const [element, array, parser] of known) {
  parsers.set(element, parser);
  parsers.set(array, (text) => parseArray(text, parser));
}

/** The `types` of every connection: what Database documents, the same for both drivers. */
export const typeParsers = {
  getTypeParser: (oid: number, _format?: 'text' | 'binary') => parsers.get(oid) ?? asText,
} as pg.CustomTypesConfig;

/** Reads a PostgreSQL array literal such as {1,NULL,"a \"b\"",{2}}. Bounds like [2:3]= are skipped. */
function parseArray(text: string, parser: Parser): unknown[] {
  const [list] = readList(text, text.indexOf('{') + 1, parser);
  return list;
}

function readList(text: string, start: number, parser: Parser): [list: unknown[], end: number] {
  const list: unknown[] = [];
  let at = start;
  while (text[at] !== '}') {
    let value: unknown;
    [value, at] = readElement(text, at, parser);
    list.push(value);
    if (text[at] === ',') at += 1;
  }
  return [list, at + 1];
}

function readElement(text: string, at: number, parser: Parser): [value: unknown, end: number] {
  if (text[at] === '{') return readList(text, at + 1, parser);
  if (text[at] === '"') {
    const end = closingQuote(text, at + 1);
    return [parser(text.slice(at + 1, end).replace(/\\(.)/gs, '$1')), end + 1];
  }
  const end = text.slice(at).search(/[,}]/) + at;
  const word = text.slice(at, end);
  return [word === 'NULL' ? null : parser(word), end];
}

function closingQuote(text: string, start: number): number {
  let at = start;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
