import type { InputKind } from './model.store.ts';

/**
 * SQL of what an item's vector of that kind is made from, by hash; null where it has no such input. `i` is a row of
 * kindred.items. Columns, never the whole row: a function of the row would read all of it, ten times as long.
 */
export const inputHashSql: Readonly<Record<InputKind, string>> = {
  text: 'i.content_hash',
  image: `case when i.image_url <> '' then sha256(convert_to(i.image_url, 'UTF8')) end`,
  sound: `case when i.attributes ->> 'sound_url' <> '' then sha256(convert_to(i.attributes ->> 'sound_url', 'UTF8')) end`,
};

/** Whether the item has such an input at all. */
export const hasInputSql: Readonly<Record<InputKind, string>> = {
  text: 'true',
  image: `i.image_url <> ''`,
  sound: `coalesce(i.attributes ->> 'sound_url', '') <> ''`,
};
