import type { Hit, Plan } from '@kindred/contracts';
import { z } from 'zod';
import { cell, price, score } from '../output/format.ts';
import { planLine } from '../output/plan-line.ts';

/** Characters of an item's text in an answer: models pay for each. */
const longestText = 300;

const hit = z.object({
  item_id: z.string(),
  score: z.number().describe('Higher is better; comparable within one answer'),
  title: z.string(),
  text: z.string().describe(`The first ${longestText} characters of the item's text`),
  price: z.number().optional(),
  stock: z.number().optional().describe('Units on hand; absent: not counted'),
  categories: z.array(z.string()),
  image_url: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
  reason: z.string().optional().describe('Why the item is here, for people'),
});

export const answerSchema = z.object({
  collection: z.string(),
  hits: z.array(hit),
  complete: z.boolean().describe('False: not everything was looked at'),
  notes: z.array(z.string()).describe('What ran otherwise than asked'),
});

export type Answer = z.output<typeof answerSchema>;
type AnswerHit = Answer['hits'][number];

/** Hits as programs read them. */
export function answerOf(collection: string, hits: Hit[], plan: Plan | undefined): Answer {
  return { collection, hits: hits.map(hitOf), complete: plan?.complete ?? false, notes: plan?.notes ?? [] };
}

/** The same in few words: a line for each hit, and how they were found. */
export function answerText({ collection, hits }: Answer, plan: Plan | undefined): string {
  const lines = hits.map((one, at) => `${at + 1}. ${lineOf(one)}`);
  const head = lines.length === 0 ? [`Nothing in "${collection}" matches.`] : lines;
  return [...head, planLine(plan)].filter((line) => line !== '').join('\n');
}

function hitOf({ itemId, score, item, reason }: Hit): AnswerHit {
  return {
    item_id: itemId,
    score,
    title: item?.title ?? '',
    text: shortened(item?.body ?? ''),
    price: item?.price,
    stock: item?.stock === undefined ? undefined : Number(item.stock),
    categories: item?.categories ?? [],
    image_url: item?.imageUrl || undefined,
    attributes: item?.attributes ?? {},
    reason: reason || undefined,
  };
}

function lineOf(one: AnswerHit): string {
  const facts = [
    `item_id ${one.item_id}`,
    `score ${score(one.score)}`,
    ...(one.price === undefined ? [] : [`price ${price(one.price)}`]),
    ...(one.stock === undefined ? [] : [`stock ${one.stock}`]),
    ...Object.entries(one.attributes).map(([name, value]) => `${name} ${cell(value)}`),
  ];
  const parts = [one.title, `(${facts.join(', ')})`, one.text, one.reason ?? ''];
  return parts.filter((part) => part !== '').join(' ');
}

function shortened(text: string): string {
  const characters = [...text.replace(/\s+/gu, ' ').trim()];
  return characters.length <= longestText ? characters.join('') : `${characters.slice(0, longestText).join('')}…`;
}
