import { KindredError } from '@kindred/contracts';
import { APIError } from 'openai';
import { retryAfter } from './retry-delay.ts';

/** A failure that may pass: the request is sent again, for a while. */
export class PassingFailure extends Error {
  constructor(
    message: string,
    /** Milliseconds that the server asks to wait. */
    readonly wait?: number,
  ) {
    super(message);
  }
}

/** The request holds more text than the server takes; a smaller one may do. */
export class TooLong extends Error {}

export const refused = (field: string, message: string) => new KindredError('PROVIDER_REFUSED', field, message);

const tooLong =
  /maximum context|context (length|size|window)|too (long|large)|max(imum)?[ _](input|model|sequence|batch|allowed)|tokens per request|input length|less than \d+ tokens|physical batch|exceeds? .*(context|tokens|batch)/i;
const passing = [408, 409, 425, 429];
const longestReason = 300;

/** Provider's own words, short, in one line, without the key. */
export function quote(text: string, key: string | undefined): string {
  const clean = (key ? text.replaceAll(key, '***') : text)
    // OpenAI prints the ends of a wrong key; others print it whole.
    .replace(/\b(?:(?:sk|pk|hf)[-_][\w*.-]{6,}|Bearer\s+\S+)/g, '***')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return clean.length > longestReason ? `${clean.slice(0, longestReason)}…` : clean;
}

/** What an error of the client means. Nothing of the error itself is kept: it may hold the key. */
export function failureOf(error: unknown, key: string | undefined): Error {
  if (error instanceof KindredError || error instanceof PassingFailure || error instanceof TooLong) return error;
  const reason = quote(causes(error), key);
  if (error instanceof APIError && error.status !== undefined) return answered(error.status, reason, error.headers);
  if (error instanceof SyntaxError) return unreadable(reason);
  return new PassingFailure(`no answer (${reason})`);
}

function answered(status: number, reason: string, headers: Headers | undefined): Error {
  if (status === 413 || (status !== 429 && tooLong.test(reason))) return new TooLong(reason);
  if (passing.includes(status) || status >= 500) {
    return new PassingFailure(`it answered ${reason}`, headers && retryAfter(headers, Date.now()));
  }
  const said = `the provider refused: ${reason}`;
  if (status === 401 || status === 403) return refused('parameters.apiKeyName', `${said}; give it a valid key`);
  if (status === 404) return refused('parameters.model', `${said}; check model and baseUrl`);
  if (status < 400) return refused('parameters.baseUrl', `${said}; set baseUrl to the address it leads to`);
  return refused('parameters', `${said}; check the parameters of the model`);
}

/** Python writes NaN as it is, which is no JSON; a page where JSON should be is another kind of server. */
function unreadable(reason: string): Error {
  if (/token '?[NI-]/.test(reason)) return refused('inputs', 'the provider answered numbers that are not finite');
  if (/token '?</.test(reason)) return refused('parameters.baseUrl', 'the provider answered HTML; check baseUrl');
  return new PassingFailure(`half an answer (${reason})`);
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${causes(error.cause)}` : error.message;
}
