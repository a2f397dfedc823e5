import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createBrotliDecompress } from 'node:zlib';
import { type InteractionEventInput, type TopicName, topics } from '@kindred/contracts';
import { splitLines } from '../import/split-lines.ts';

export const demoParts = ['products', 'movies', 'ratings'] as const;
export type DemoPart = (typeof demoParts)[number];
export type DemoCounts = Record<DemoPart, number>;

/** What the packed files hold; a test counts them. */
export const demoTotals: DemoCounts = { products: 19_406, movies: 9_742, ratings: 100_836 };

export const demoTopics: Record<DemoPart, TopicName> = {
  products: topics.items.name,
  movies: topics.items.name,
  ratings: topics.interactions.name,
};

export interface DemoEvent {
  key: string;
  value: string;
}

const folder = join(import.meta.dirname, '..', '..', 'demo');

/** The events of one part, in the order of its file, from the given position on. */
export async function* readDemo(part: DemoPart, from = 0): AsyncGenerator<DemoEvent> {
  const file = part === 'ratings' ? 'ratings.csv.br' : `${part}.jsonl.br`;
  const packed = createReadStream(join(folder, file));
  const text = packed.pipe(createBrotliDecompress()).setEncoding('utf8') as AsyncIterable<string>;
  const toEvent = part === 'ratings' ? ratingEvent : itemEvent;
  let position = 0;
  for await (const line of splitLines(text)) {
    if (position >= from && line !== '') yield toEvent(line);
    position += 1;
  }
}

/** The line is the event already. */
function itemEvent(line: string): DemoEvent {
  const { collection, item_id } = JSON.parse(line) as { collection: string; item_id: string };
  return { key: `${collection}/${item_id}`, value: line };
}

/** user,movie,rating,seconds. A person rates a film once, so the two make the event's id. */
function ratingEvent(line: string): DemoEvent {
  const [user, movie, rating, seconds] = line.split(',') as [string, string, string, string];
  const event: InteractionEventInput = {
    event_id: `ml-${user}-${movie}`,
    occurred_at: new Date(Number(seconds) * 1000).toISOString(),
    type: 'rating',
    user_id: user,
    collection: 'movies',
    item_id: movie,
    value: Number(rating),
  };
  return { key: user, value: JSON.stringify(event) };
}
