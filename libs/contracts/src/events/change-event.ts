import { z } from 'zod';
import { collectionName, id, revision } from './fields.ts';

/** item-changes.v1; key: collection + "/" + item_id. Says which row to read, never what is in it. */
export const itemChange = z.object({
  kind: z.enum(['upserted', 'deleted']),
  collection: collectionName,
  item_id: id,
  revision,
});
export type ItemChange = z.output<typeof itemChange>;

/** user-changes.v1; key: user_id or session_id. One of the two is given. */
export const userChange = z.object({
  kind: z.enum(['interacted', 'deleted']),
  user_id: id.nullish(),
  session_id: id.nullish(),
});
export type UserChange = z.output<typeof userChange>;
