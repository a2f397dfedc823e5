import type { Sql } from '@kindred/database';
import { readIndexSettings } from '../collection.store.ts';
import { readAskedFields } from './asked-fields.store.ts';
import { fieldsThatPay } from './asked-fields.ts';
import { readCommonValues } from './common-values.store.ts';
import { fieldName, type Segment, segmentField } from './segments.ts';

/** What the values are of that have graphs of their own, as facts call it, and the most frequent of these values. */
export interface SegmentFields {
  fields: string[];
  common: Segment[];
}

/** What is declared, or else what searches ask for. Undefined where that is nothing. */
export async function readSegmentFields(
  sql: Sql,
  collectionId: number,
  built: readonly Segment[],
  rows: number,
): Promise<SegmentFields | undefined> {
  const settings = await readIndexSettings(sql, collectionId);
  if (!settings || settings.kind === 'exact' || settings.kind === 'ivfflat') return undefined;
  const has = built.map(({ field }) => fieldName(field));
  const names = settings.segments ?? fieldsThatPay(await readAskedFields(sql, collectionId), has, rows);
  if (names.length === 0) return undefined;
  const fields = names.map(segmentField);
  return { fields, common: await readCommonValues(sql, collectionId, fields, rows) };
}
