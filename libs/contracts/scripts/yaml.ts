/** Writes plain data as YAML, the way biome formats it: block style, strings quoted unless they are simple. */
export function yamlOf(value: unknown): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => nested(isBlock(item) ? lines(item) : [scalar(item)], '- ', '  '));
  }
  return Object.entries(value as object).flatMap(([key, item]) => {
    if (isText(item)) return [`${scalar(key)}: |-`, ...item.split('\n').map((line) => `  ${line}`)];
    if (!isBlock(item)) return [`${scalar(key)}: ${scalar(item)}`];
    return [`${scalar(key)}:`, ...lines(item).map((line) => `  ${line}`)];
  });
}

function nested(block: string[], first: string, rest: string): string[] {
  return block.map((line, index) => (index === 0 ? first : rest) + line);
}

const isBlock = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length > 0;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && /^\S.*\n/.test(value) && /\S$/.test(value);

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const reserved = /^(true|false|null|yes|no|on|off|~)$/i.test(value) || /^[\d.+-]/.test(value);
  if (/^[A-Za-z_][\w ./-]*$/.test(value) && !reserved && !value.endsWith(' ')) return value;
  return value.includes('"') && !/['\\\n]/.test(value) ? `'${value}'` : JSON.stringify(value);
}
