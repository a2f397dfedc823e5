import type { Filter } from '@kindred/contracts';
import {
  type CollectionRow,
  type FilterFacts,
  type FilterField,
  filterToSql,
  isValueSql,
  itemsSql,
  liveItemCondition,
  rangeToSql,
  StatementParams,
} from '@kindred/vector-index';
import type { Facet } from './facet-request.ts';

export interface FacetStatement {
  text: string;
  values: unknown[];
}

/** One row: `total`, and `f0`, `f1`, … with what was counted by each field (FacetFigures). */
export interface FacetFigures {
  /** [value as text, count], the most frequent first; absent where ranges were asked for. */
  top?: [string, number][];
  /** Counts of the ranges, in order. */
  ranges?: number[];
  distinct: number;
  missing: number;
  min: number | null;
  max: number | null;
}

/**
 * All fields over the same items, in one statement and so in one snapshot. The items are filtered and read once, and counted
 * by each field's values as they are stored; what these are is asked of every distinct one, not of every item.
 */
export function facetStatement(
  facets: Facet[],
  { filter, facts }: { filter: Filter | undefined; facts?: FilterFacts },
  collection: CollectionRow,
): FacetStatement {
  const params = new StatementParams();
  const items = itemsSql(facts, { collection: params.add(collection.collectionId, 'int'), params });
  const condition = filterToSql(filter, collection, params.values);
  const columns = facets.flatMap((facet, at) => columnsOf(facet, at, params));
  const inRanges = facets.flatMap(({ ranges }, at) =>
    ranges.map((_, nth) => `count(*) filter (where r${at}_${nth}) as r${at}_${nth}`),
  );
  // Appending nothing unpacks the attributes once; each -> of a packed value would do it again (3 times the time). The second
  // offset keeps a field that is asked for twice in two columns, whose groups are told apart.
  const text = `
    with stored as materialized (
      select ${facets.map((_, at) => `v${at}, grouping(v${at}) as g${at}`).join(', ')},
          ${['count(*) as count', ...inRanges].join(', ')}
        from (
          select ${columns.join(',\n            ')}
            from (select i.item_id, i.title, i.price, i.stock, i.categories, i.created_at, i.updated_at,
                i.attributes || '{}'::jsonb as attributes
              from ${items}
             where ${liveItemCondition} and (${condition})
             offset 0) i
          offset 0) matching
       group by grouping sets ((), ${facets.map((_, at) => `(v${at})`).join(', ')})),
    totals as (select * from stored where ${facets.map((_, at) => `g${at} = 1`).join(' and ')}),
    ${facets.map((facet, at) => valuesCte(facet, at)).join(',\n    ')}
    select t.count as total, ${facets.map((facet, at) => `(${figuresSql(facet, at)}) as f${at}`).join(',\n      ')}
      from totals t`;
  return { text, values: params.values };
}

/** What of an item is counted: its value (or list), and which of the ranges it is in. */
function columnsOf({ field, path, ranges }: Facet, at: number, params: StatementParams): string[] {
  const value = field.column ?? `i.attributes -> ${params.add(field.name, 'text')}`;
  return [
    `${value} as v${at}`,
    ...ranges.map((range, nth) => `${rangeToSql(field, range, `${path}.ranges[${nth}]`, params)} as r${at}_${nth}`),
  ];
}

/** Every value with the number of items that have it, as (value, count): an item with a value twice counts once. */
function valuesCte({ field }: Facet, at: number): string {
  // A column's values are what they are stored as.
  if (field.column && !field.list) {
    const value = textualType(field) ? `s.v${at} collate "C"` : `s.v${at}`;
    return `counted${at} as (
      select ${value} as value, s.count from stored s where s.g${at} = 0 and (${isValueSql(field, `s.v${at}`)}))`;
  }
  return `counted${at} as materialized (
      select value, sum(count)::int8 as count from (${elementsSql(field, at)}) e where value is not null group by value)`;
}

function elementsSql(field: FilterField, at: number): string {
  const column = `s.v${at}`;
  const listed = (list: string) => `select e.value, s.count from stored s, lateral (${list}) e where s.g${at} = 0`;
  if (field.list) return listed(`select distinct unnest(${column}) collate "C" as value`);
  const typed = typedSql[field.type];
  const list = `jsonb_typeof(${column}) = 'array'`;
  const single = textualType(field) ? `nullif(${typed(column)}, '')` : typed(column);
  return `select ${single} as value, s.count from stored s where s.g${at} = 0 and (${list}) is not true
    union all
    ${listed(`select distinct ${typed('j.value')} as value
      from jsonb_array_elements(case when ${list} then ${column} else '[]' end) as j(value)`)}`;
}

/** "" alone is no value. */
const textualType = ({ type }: FilterField) => type === 'keyword' || type === 'text';

/** A JSON value as one of the declared type; null for what is none (declared later than stored). */
const typedSql: Record<FilterField['type'], (json: string) => string> = {
  keyword: (json) => `case when jsonb_typeof(${json}) = 'string' then (${json} #>> '{}') collate "C" end`,
  text: (json) => typedSql.keyword(json),
  number: (json) => `case when jsonb_typeof(${json}) = 'number' then (${json})::float8 end`,
  boolean: (json) => `case when jsonb_typeof(${json}) = 'boolean' then (${json})::boolean end`,
  time: (json) => `case when jsonb_typeof(${json}) = 'string' then kindred.instant(${json} #>> '{}') end`,
  geo: () => 'null::text',
};

function figuresSql({ field, limit, ranges }: Facet, at: number): string {
  const [least, most] = field.type === 'number' ? ['min(value)', 'max(value)'] : ['null', 'null'];
  const counts = ranges.map((_, nth) => `t.r${at}_${nth}`);
  const listed =
    ranges.length > 0
      ? `'ranges', json_build_array(${counts.join(', ')})`
      : `'top', (select coalesce(json_agg(json_build_array(${asText(field)}, count)), '[]')
          from (select value, count from counted${at} order by count desc, value limit ${limit}) top)`;
  return `select json_build_object(${listed}, 'distinct', count(*), 'min', ${least}, 'max', ${most},
        'missing', (select coalesce(sum(s.count), 0)::int8 from stored s where s.g${at} = 0 and (${isValueSql(field, `s.v${at}`)}) is not true)) from counted${at}`;
}

/** Times in UTC whatever the session's zone; numbers as the shortest text of their double. */
function asText({ type }: FilterField): string {
  return type === 'time' ? `to_char(value at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')` : 'value::text';
}
