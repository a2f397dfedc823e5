/** Something in a model or its parameters that no retry mends, found inside its thread. */
export class Unusable extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}
