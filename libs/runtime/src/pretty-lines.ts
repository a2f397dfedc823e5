import type { DestinationStream } from 'pino';

/** Turns the JSON lines into lines for people: time, level, message, then fields as key=value and the stack below. */
export function prettyLines(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(prettyLine(line)) };
}

function prettyLine(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  const head = [String(time).slice(11, 23), String(level).toUpperCase().padEnd(5), msg, ...pairs].join(' ');
  const stack = (err as { stack?: string; message?: string } | undefined)?.stack;
  return stack ? `${head}\n${stack}\n` : `${head}\n`;
}

const shown = (value: unknown) => (typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value));
