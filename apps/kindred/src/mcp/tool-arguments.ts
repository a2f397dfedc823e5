import { limits } from '@kindred/contracts';
import { z } from 'zod';

const collection = z
  .string()
  .optional()
  .describe('Name of the collection to look in. Absent: the one this server was started with');
const filter = z
  .string()
  .optional()
  .describe(
    'Conditions that all hits meet, like: brand = "Logitech" and price < 30 and not color in (red, "밝은 회색"). ' +
      'Operators: = != < <= > >= ~ (starts with), in, not in, exists, and, or, not. Fields: price, stock, in_stock, ' +
      'categories, title, item_id, and those that the collection declares; a wrong one is answered with the right ones',
  );
const limit = z.int().min(1).max(50).default(10).describe('Hits, 1-50');
const language = z.enum(['en', 'ko']).default('en').describe('Language of the reasons');
const id = (what: string) => z.string().max(limits.id).describe(what);

export const searchArguments = z.strictObject({
  query: z.string().min(1).max(limits.queryText).describe('What to look for, in any language'),
  collection,
  filter,
  limit,
  mode: z
    .enum(['hybrid', 'lexical', 'dense'])
    .default('hybrid')
    .describe('By words and meaning (hybrid), by words alone (lexical), by meaning alone (dense)'),
});

export const similarArguments = z.strictObject({
  item_ids: z
    .array(id('Id of an item, as in item_id of a hit').min(1))
    .min(1)
    .max(100)
    .describe('One item, or a basket'),
  collection,
  filter,
  limit,
  language,
});

export const recommendArguments = z.strictObject({
  user_id: id('Whom to recommend to').optional(),
  session_id: id('A visitor who is not known yet; not together with user_id').optional(),
  collection,
  filter,
  limit,
  language,
});

export type SearchArguments = z.output<typeof searchArguments>;
export type SimilarArguments = z.output<typeof similarArguments>;
export type RecommendArguments = z.output<typeof recommendArguments>;
