import { KindredError, type ScrollRequest } from '@kindred/contracts';
import { type CollectionRow, type FilterField, filterField, type StatementParams } from '@kindred/vector-index';
import type { ScrollPosition } from './scroll-token.ts';

/** The order of a scroll: by a value, then by id. */
export interface ScrollOrder {
  /** Expression over the item row i of one number, null where the item has none; absent: by id alone. */
  value?: string;
  /** SQL type of `value`. */
  type: 'float8' | 'bigint';
  descending: boolean;
}

/** Throws a KindredError on the field "order_by". */
export function scrollOrder(
  { orderBy, descending }: Pick<ScrollRequest, 'orderBy' | 'descending'>,
  collection: CollectionRow,
  params: StatementParams,
): ScrollOrder {
  if (orderBy === '' || orderBy === 'item_id') return { type: 'float8', descending };
  const field = filterField(orderBy, 'order_by', collection);
  const isList =
    field.list || collection.attributes.some(({ name, array }) => name === orderBy && array && !field.column);
  if ((field.type !== 'number' && field.type !== 'time') || isList) {
    const message = `order_by "${orderBy}" is ${isList ? 'a list' : `of type ${field.type}`}; order by item_id, or by a number or time`;
    throw new KindredError('FIELD_INVALID', 'order_by', message);
  }
  const value = field.column ?? attributeSql(field, params);
  return field.type === 'number'
    ? { value, type: 'float8', descending }
    : { value: microseconds(value), type: 'bigint', descending };
}

/** What was stored before it was declared and is of another type counts as no value. */
function attributeSql({ name, type }: FilterField, params: StatementParams): string {
  const json = `(i.attributes -> ${params.add(name, 'text')})`;
  if (type === 'number') return `case when jsonb_typeof(${json}) = 'number' then ${json}::float8 end`;
  return `kindred.instant(${json} #>> '{}')`;
}

/** As whole numbers times survive the way through a token; infinite ones count as none. */
const microseconds = (time: string) =>
  `case when isfinite(${time}) then (extract(epoch from ${time}) * 1000000)::bigint end`;

/** Items behind the position, in order: of a value those that have one, or, behind one without, those that have none. */
export function behind(
  { value, type, descending }: ScrollOrder,
  after: ScrollPosition | undefined,
  params: StatementParams,
): { where: string; order: string } {
  const sign = descending ? '<' : '>';
  const id = () => params.add(after!.itemId, 'text');
  if (!value) {
    return { where: after ? `i.item_id ${sign} ${id()}` : 'true', order: `i.item_id ${descending ? 'desc' : 'asc'}` };
  }
  if (after?.value === null) return { where: `${value} is null and i.item_id > ${id()}`, order: 'i.item_id' };
  const order = `${value} ${descending ? 'desc' : 'asc'}, i.item_id`;
  if (!after) return { where: `${value} is not null`, order };
  const last = params.add(after.value, type);
  // The first test alone can use an index; ties go on behind the last id.
  return { where: `${value} ${sign}= ${last} and (${value} ${sign} ${last} or i.item_id > ${id()})`, order };
}
