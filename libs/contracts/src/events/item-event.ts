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

/** Leaves a tombstone with its revision, so that a late upsert cannot resurrect the item. */
export const itemDeleted = z.object({ kind: z.literal('deleted'), ...target });

/** items.v1; message key: collection + "/" + item_id. */
export const itemEvent = z.discriminatedUnion('kind', [itemUpserted, itemDeleted]);

export type ItemUpserted = z.output<typeof itemUpserted>;
export type ItemDeleted = z.output<typeof itemDeleted>;
export type ItemEvent = z.output<typeof itemEvent>;
export type ItemEventInput = z.input<typeof itemEvent>;
