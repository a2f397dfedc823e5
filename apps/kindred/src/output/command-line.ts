import { defaultAddress } from '../connection.ts';

/** A command to type next, quoted for a shell; with --address where the environment does not say it. Never with the key. */
export function commandLine(words: string[], { address }: { address: string }): string {
  const known = address === (process.env.KINDRED_ADDRESS || defaultAddress);
  return ['kindred', ...words, ...(known ? [] : ['--address', address])].map(quoted).join(' ');
}

const quoted = (word: string) =>
  /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
