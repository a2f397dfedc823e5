import { z } from 'zod';
import { limits } from '../limits.ts';
import { attributes, collectionName, id, revision, text } from './fields.ts';

const target = { collection: collectionName, item_id: id, revision: revision.optional() };

/** The full state of an item. Absent optional fields are empty, not "unchanged". */
export const itemUpserted = z.object({
  kind: z.literal('upserted'),
  ...target,
  title: text(limits.title).default(''),
  body: text(limits.body).default(''),
  image_url: text(limits.imageUrl).default(''),
  attributes: attributes.default({}),
  price: z.number().nonnegative().nullish(),
  stock: z.int().nonnegative().nullish(),
  hidden: z.boolean().default(false),
  categories: z.array(text(limits.category).min(1)).max(limits.categories).default([]),
});

/**
 * Changes the given fields of an item that is stored, and nothing else: attributes are merged by name, null removes one, and
 * null price or stock are "none". Applied in the order of the log; the item keeps its revision.
 */
export const itemPatched = z.object({
  kind: z.literal('patched'),
  collection: collectionName,
  item_id: id,
  title: text(limits.title).optional(),
  body: text(limits.body).optional(),
  image_url: text(limits.imageUrl).optional(),
  attributes: attributes.optional(),
  price: z.number().nonnegative().nullish(),
  stock: z.int().nonnegative().nullish(),
  hidden: z.boolean().optional(),
  categories: z.array(text(limits.category).min(1)).max(limits.categories).optional(),
  receipt: revision.optional().meta({ description: 'Set by Kindred where a caller waits; leave it out.' }),
});

/** Leaves a tombstone with its revision, so that a late upsert cannot resurrect the item. */
export const itemDeleted = z.object({ kind: z.literal('deleted'), ...target });

/** items.v1; message key: collection + "/" + item_id. */
export const itemEvent = z.discriminatedUnion('kind', [itemUpserted, itemPatched, itemDeleted]);

export type ItemUpserted = z.output<typeof itemUpserted>;
export type ItemPatched = z.output<typeof itemPatched>;
export type ItemDeleted = z.output<typeof itemDeleted>;
export type ItemEvent = z.output<typeof itemEvent>;
export type ItemEventInput = z.input<typeof itemEvent>;
