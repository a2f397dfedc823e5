import { z } from 'zod';
import { attributes, id, revision } from './fields.ts';

export const userUpserted = z.object({
  kind: z.literal('upserted'),
  user_id: id,
  revision: revision.optional(),
  attributes: attributes.default({}),
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
