/** Values of a statement under construction. Everything a caller sent goes through here, never into the text. */
export class Params {
  readonly values: unknown[] = [];

  /** The placeholder of the value, cast to the type. */
  add(value: unknown, type: string): string {
    return `$${this.values.push(value)}::${type}`;
  }
}
