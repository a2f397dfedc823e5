import { type ErrorCode, errorCodes } from '@kindred/contracts';
import { KindredClientError } from '../client-error.ts';
import type { WriteOutcome } from '../results.ts';
import type { MetadataFields } from './metadata-fields.ts';

type WriteError = NonNullable<WriteOutcome['error']>;

/** What the server says of an item or a patch, by the names of the record that it was made of. */
export function recordError({ code, field, message }: WriteError, fields: MetadataFields): KindredClientError {
  const path = fields.pathOf(field.replace(/^(items|patches)\[\d+\]\./, ''));
  const said = field !== '' && message.startsWith(field) ? path + message.slice(field.length) : message;
  return new KindredClientError(code as ErrorCode, said, { field: path, status: errorCodes[code as ErrorCode] });
}

/** Throws the first refusal of a list, saying how many there are. */
export function throwRefused(outcomes: WriteOutcome[], list: string, fields: MetadataFields): void {
  const refused = outcomes.flatMap(({ error }, at) => (error ? [{ error: recordError(error, fields), at }] : []));
  const [first] = refused;
  if (!first) return;
  const { code, field, message, status } = first.error;
  const place = `${list}[${first.at}]`;
  const summary = `${refused.length} of ${outcomes.length} were refused, the others are done; ${place}: ${message}`;
  throw new KindredClientError(code, summary, { field: [place, field].filter(Boolean).join('.'), status });
}
