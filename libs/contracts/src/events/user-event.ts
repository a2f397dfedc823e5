import { z } from 'zod';
import { limits } from '../limits.ts';
import { attributes, id, revision, text } from './fields.ts';

/** What recommendations keep away: anything else but a list would keep away nothing. */
const blockedCategories = z
  .array(text(limits.category), { error: 'must be a list of strings, like ["coffee"]; send a list' })
  .max(limits.filterValues, { error: `has more than ${limits.filterValues} entries; block fewer categories` })
  .meta({ description: 'Categories that are never recommended to the user.' });

const userAttributes = z.intersection(z.looseObject({ blocked_categories: blockedCategories.nullish() }), attributes);

export const userUpserted = z.object({
  kind: z.literal('upserted'),
  user_id: id,
  revision: revision.optional(),
  attributes: userAttributes.default({}),
});

/** Erasure: the user, the user's interactions, sessions and vectors go; a tombstone stays. */
export const userDeleted = z.object({ kind: z.literal('deleted'), user_id: id, revision: revision.optional() });

/** What this session did belongs to this user. */
export const userIdentified = z.object({ kind: z.literal('identified'), user_id: id, session_id: id });

/** users.v1; message key: user_id. */
export const userEvent = z.discriminatedUnion('kind', [userUpserted, userDeleted, userIdentified]);

export type UserUpserted = z.output<typeof userUpserted>;
export type UserDeleted = z.output<typeof userDeleted>;
export type UserIdentified = z.output<typeof userIdentified>;
export type UserEvent = z.output<typeof userEvent>;
export type UserEventInput = z.input<typeof userEvent>;
