import type { Condition, FieldCondition, Filter, Range } from '@kindred/contracts';
import { boundsOf, passesPlace } from '../filter/geo.ts';
import { instant } from '../filter/instant.ts';
import { isUnder, subtreeOf } from '../filter/subtree.ts';

/** What a sample knows of an item: field to its values. Times are milliseconds since 1970. */
export type SampledItem = Record<string, readonly (string | number | boolean)[]>;

/** One byte per sampled item: 1 where a condition holds. */
type Mask = Uint8Array;

interface Column {
  byValue: Map<string | number | boolean, number[]>;
  present: Mask;
}

const mostRemembered = 2_000;

/** A random sample of a collection's items, to estimate with how many pass a filter. */
export class ItemSample {
  private readonly columns = new Map<string, Column>();
  private readonly shares = new Map<string, number>();

  constructor(private readonly items: readonly SampledItem[]) {}

  get size(): number {
    return this.items.length;
  }

  /** Share of the items that pass, never 0: (passing + 1/2) / (size + 1). Filters of one text are evaluated once. */
  shareOf(filter: Filter): number {
    const key = JSON.stringify(filter);
    const known = this.shares.get(key);
    if (known !== undefined) return known;
    const share = this.estimate((items) => this.group(filter, items));
    if (this.shares.size >= mostRemembered) this.shares.clear();
    this.shares.set(key, share);
    return share;
  }

  /** Ids of the items that pass; of all without a filter. */
  idsOf(filter?: Filter): string[] {
    const mask = filter && this.group(filter, this.size);
    return this.items.filter((_, at) => !mask || mask[at] === 1).map((item) => String(item.item_id![0]));
  }

  /** The same as shareOf of one condition. */
  shareOfField(condition: FieldCondition): number {
    return this.estimate(() => this.field(condition));
  }

  private estimate(evaluate: (size: number) => Mask): number {
    const passing = evaluate(this.size).reduce((sum, one) => sum + one, 0);
    return (passing + 0.5) / (this.size + 1);
  }

  private group({ must, should, mustNot }: Filter, size: number): Mask {
    const mask = new Uint8Array(size).fill(1);
    for (const condition of must) keep(mask, this.condition(condition));
    if (should.length > 0) {
      const any = new Uint8Array(size);
      for (const condition of should) for (const [at, one] of this.condition(condition).entries()) any[at]! |= one;
      keep(mask, any);
    }
    for (const condition of mustNot) for (const [at, one] of this.condition(condition).entries()) if (one) mask[at] = 0;
    return mask;
  }

  private condition({ kind }: Condition): Mask {
    if (kind?.$case === 'field') return this.field(kind.value);
    if (kind?.$case === 'filter') return this.group(kind.value, this.size);
    return new Uint8Array(this.size);
  }

  private field(condition: FieldCondition): Mask {
    const { field, test } = condition;
    const column = this.column(field);
    switch (test?.$case) {
      case 'equals':
        return this.withAny(column, [test.value]);
      case 'in':
        return this.withAny(column, test.value.values);
      case 'range':
        return this.where(column, (value) => isWithin(value, test.value));
      case 'exists':
        return test.value ? column.present : column.present.map((one) => 1 - one);
      case 'prefix': {
        const root = subtreeOf(condition);
        const begins = (value: string) => (root === undefined ? value.startsWith(test.value) : isUnder(value, root));
        return this.where(column, (value) => typeof value === 'string' && begins(value));
      }
      case 'radius':
      case 'box':
        return this.places(condition);
      default:
        // What a sample cannot tell is taken to hold everywhere: such a filter is no reason for a narrow plan.
        return new Uint8Array(this.size).fill(1);
    }
  }

  private places(condition: FieldCondition): Mask {
    const bounds = boundsOf(condition)!;
    return Uint8Array.from(this.items, (item) =>
      Number(passesPlace((item[condition.field] ?? []) as readonly number[], condition, bounds)),
    );
  }

  private withAny({ byValue }: Column, values: readonly unknown[]): Mask {
    const mask = new Uint8Array(this.size);
    for (const value of values) {
      const times = typeof value === 'string' ? byValue.get(instant(value)) : undefined;
      for (const at of byValue.get(value as string) ?? times ?? []) mask[at] = 1;
    }
    return mask;
  }

  private where({ byValue }: Column, passes: (value: string | number | boolean) => boolean): Mask {
    const mask = new Uint8Array(this.size);
    for (const [value, rows] of byValue) if (passes(value)) for (const at of rows) mask[at] = 1;
    return mask;
  }

  private column(field: string): Column {
    const known = this.columns.get(field);
    if (known) return known;
    const column: Column = { byValue: new Map(), present: new Uint8Array(this.size) };
    for (const [at, item] of this.items.entries()) {
      for (const value of item[field] ?? []) {
        column.present[at] = 1;
        const rows = column.byValue.get(value);
        if (rows) rows.push(at);
        else column.byValue.set(value, [at]);
      }
    }
    this.columns.set(field, column);
    return column;
  }
}

function keep(mask: Mask, other: Mask): void {
  for (let at = 0; at < mask.length; at++) mask[at]! &= other[at]!;
}

const boundOf = (bound: unknown): number => (typeof bound === 'string' ? instant(bound) : Number(bound));

function isWithin(value: string | number | boolean, { gt, gte, lt, lte }: Range): boolean {
  if (typeof value !== 'number') return false;
  return (
    (gt === undefined || value > boundOf(gt)) &&
    (gte === undefined || value >= boundOf(gte)) &&
    (lt === undefined || value < boundOf(lt)) &&
    (lte === undefined || value <= boundOf(lte))
  );
}
