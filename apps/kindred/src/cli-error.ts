/** A problem the person at the terminal can mend: printed as one line, without a stack. */
export class CliError extends Error {
  override readonly name: string = 'CliError';

  /** `exitCode` 2 means the command was given wrongly, 1 that it failed, 130 that somebody stopped it. */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 130 = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export class UsageError extends CliError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(message, 2);
  }
}
