import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.ts';

/** What Nest itself has to say goes to our log: its chatter at debug level, its problems as they are. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.target.debug({ context: contextIn(rest) }, String(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.target.debug({ context: contextIn(rest) }, String(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.target.trace({ context: contextIn(rest) }, String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.target.warn({ context: contextIn(rest) }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const err = message instanceof Error ? message : undefined;
    this.target.error({ context: contextIn(rest), err }, String(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Nest passes the name of the class last. */
const contextIn = (rest: unknown[]) => rest.filter((value) => typeof value === 'string').at(-1);
