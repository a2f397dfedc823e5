import { type DestinationStream, type Logger, pino } from 'pino';
import type { ServerConfig } from './env.ts';
import { prettyLines } from './pretty-lines.ts';

type Fields = Record<string, unknown>;

/** Structured logs: fields first, then what happened. `err` takes an Error and prints its stack. */
export class Log {
  constructor(readonly pino: Logger) {}

  /** A log that goes nowhere, for tests. */
  static silent(): Log {
    return new Log(pino({ enabled: false }));
  }

  trace(fields: Fields, message: string): void {
    this.pino.trace(fields, message);
  }

  debug(fields: Fields, message: string): void {
    this.pino.debug(fields, message);
  }

  info(fields: Fields, message: string): void {
    this.pino.info(fields, message);
  }

  warn(fields: Fields, message: string): void {
    this.pino.warn(fields, message);
  }

  error(fields: Fields, message: string): void {
    this.pino.error(fields, message);
  }

  fatal(fields: Fields, message: string): void {
    this.pino.fatal(fields, message);
  }

  /** A log that adds these fields to every line. */
  child(fields: Fields): Log {
    return new Log(this.pino.child(fields));
  }
}

/** A write per line costs as much as the rest of a call (40 µs); lines wait 100 ms at most, and are written at exit. */
const buffering = { sync: false, minLength: 4_096, periodicFlush: 100 };

/** A log to stdout, or to `sink`. Times are RFC 3339 in UTC; levels are words. */
export function openLog(config: Pick<ServerConfig, 'LOG_LEVEL' | 'LOG_FORMAT'>, sink?: DestinationStream): Log {
  const options = {
    level: config.LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    redact: ['apiKey', 'API_KEYS', '*.apiKey', '*.API_KEYS'],
  };
  const target = sink ?? pino.destination({ fd: 1, ...buffering });
  return new Log(pino(options, config.LOG_FORMAT === 'pretty' ? prettyLines(target) : target));
}
