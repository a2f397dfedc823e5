import { liveItemColumns } from '../live-item.ts';
import type { DenseLeg } from './dense-leg.ts';
import type { LegScope } from './lexical-leg.ts';
import type { CheckedRequest } from './search-request.ts';

const needsItem = ({ payload, idsOnly, options }: CheckedRequest) => !idsOnly && (payload || options.highlight);

/** What a hit of `page p` carries beside its scores: the vector and the live row, where asked for. */
export const hitColumns = (request: CheckedRequest, dense: DenseLeg | undefined): string =>
  `${request.vectors && dense ? 'v.embedding::text' : 'null::text'} as vector, ${needsItem(request) ? liveItemColumns : 'p.item_id'}`;

// Lateral with offset 0: a lookup per hit, also where PostgreSQL has no statistics.
export function hitJoins(request: CheckedRequest, dense: DenseLeg | undefined, { collection }: LegScope): string {
  const row = (table: string, columns: string, alias: string) => `
    left join lateral (select ${columns} from kindred.${table} ${alias}
      where ${alias}.collection_id = ${collection} and ${alias}.item_id = p.item_id offset 0) ${alias} on true`;
  const item = needsItem(request) ? row('items', 'i.*', 'i') : '';
  return request.vectors && dense ? item + row(dense.model.table, 'v.embedding', 'v') : item;
}
