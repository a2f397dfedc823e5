import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Color only where a person looks: never into a pipe or a file, never with NO_COLOR. */
export function hasColor(stream: NodeJS.WriteStream = process.stdout): boolean {
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return false;
  return stream.isTTY === true && process.env.TERM !== 'dumb';
}

export function style(format: Format, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return hasColor(stream) ? styleText(format, text, { validateStream: false }) : text;
}

/** Columns of the terminal; 120 where the output is not one. */
export const terminalWidth = (): number => Math.max(60, process.stdout.columns ?? 120);
