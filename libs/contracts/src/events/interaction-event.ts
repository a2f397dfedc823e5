import { z } from 'zod';
import { limits } from '../limits.ts';
import { collectionName, id, time } from './fields.ts';

export const interactionTypes = [
  'view',
  'click',
  'add_to_cart',
  'purchase',
  'like',
  'dislike',
  'hide',
  'rating',
  'watch_portion',
  'impression',
] as const;
export type InteractionTypeName = (typeof interactionTypes)[number];

/** interactions.v1; message key: user_id, or session_id where there is no user. */
export const interactionEvent = z
  .object({
    event_id: id,
    occurred_at: time,
    type: z.enum(interactionTypes),
    user_id: id.nullish(),
    session_id: id.nullish(),
    collection: collectionName,
    item_id: id,
    value: z.number({ error: 'must be a finite number' }).nullish().meta({
      description:
        'Of a rating from 0 to 10; of a watch_portion from 0 to 1; of a purchase the amount paid, 0 or more.',
    }),
    request_id: id.nullish(),
    position: z.int().nonnegative().nullish(),
  })
  .refine((event) => event.user_id != null || event.session_id != null, {
    path: ['user_id'],
    error: 'is missing, and so is session_id; give one of the two',
  })
  .refine((event) => (event.type !== 'rating' && event.type !== 'watch_portion') || event.value != null, {
    path: ['value'],
    error: 'is missing; a rating or watch_portion needs its value',
  })
  .refine((event) => event.type !== 'watch_portion' || (event.value! >= 0 && event.value! <= 1), {
    path: ['value'],
    error: 'must be from 0 to 1 for watch_portion',
  })
  .refine((event) => event.type !== 'purchase' || event.value == null || event.value >= 0, {
    path: ['value'],
    error: ({ input }) =>
      `is ${(input as { value: number }).value}; of a purchase it is the amount paid, 0 or more, and what came back is no purchase: send a dislike, or nothing`,
  })
  .refine((event) => event.type !== 'rating' || (event.value! >= 0 && event.value! <= limits.rating), {
    path: ['value'],
    error: ({ input }) =>
      `is ${(input as { value: number }).value}; a rating is from 0 to ${limits.rating}, so bring yours to that scale`,
  });

export type InteractionEvent = z.output<typeof interactionEvent>;
export type InteractionEventInput = z.input<typeof interactionEvent>;
