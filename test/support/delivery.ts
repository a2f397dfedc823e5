import { expect } from 'vitest';
import type { EventLoad } from './event-load.ts';
import { until } from './kindred-process.ts';
import type { Stack } from './stack.ts';

/** Waits until everything sent has had its effect, then counts: nothing lost, nothing doubled, newest revision wins. */
export async function expectExactDelivery(stack: Stack, loads: EventLoad[], timeoutMs: number): Promise<void> {
  const newest = new Map(loads.flatMap((load) => [...load.newest]));
  const eventIds = new Set(loads.flatMap((load) => [...load.eventIds]));
  const poison = loads.reduce((sum, load) => sum + load.poison, 0);
  await until(
    'all events are stored and embedded',
    () => isSettled(stack, newest.size, eventIds.size, poison),
    timeoutMs,
    500,
  ).catch(async (error: Error) => {
    throw new Error(
      `${error.message}: ${JSON.stringify(await counts(stack))}, wanted ${newest.size} items, ${eventIds.size} interactions, ${poison} dead letters`,
    );
  });

  const { rows } = await stack.sql.query('select item_id, revision::int, title from kindred.items where not deleted');
  expect(rows.length).toBe(newest.size);
  const wrong = rows.filter(
    (row) => newest.get(row.item_id)?.revision !== row.revision || newest.get(row.item_id)?.title !== row.title,
  );
  expect(wrong).toEqual([]);
  expect(await counts(stack)).toEqual({
    items: newest.size,
    documents: newest.size,
    vectors: newest.size,
    current: newest.size,
    interactions: eventIds.size,
    dead_letters: poison,
  });
}

async function isSettled(stack: Stack, items: number, interactions: number, poison: number): Promise<boolean> {
  const now = await counts(stack);
  return now.items >= items && now.current >= items && now.interactions >= interactions && now.dead_letters >= poison;
}

type Counts = Record<'items' | 'documents' | 'vectors' | 'current' | 'interactions' | 'dead_letters', number>;

async function counts(stack: Stack): Promise<Counts> {
  const table = await stack.value('select vector_table from kindred.models limit 1');
  const vectors = table
    ? `kindred.${table}`
    : '(select null::text as item_id, null::bytea as content_hash where false)';
  const { rows } = await stack.sql.query(
    `select (select count(*)::int from kindred.items) as items,
       (select count(*)::int from kindred.documents) as documents,
       (select count(*)::int from ${vectors} v) as vectors,
       (select count(*)::int from kindred.items i join ${vectors} v using (item_id, content_hash)) as current,
       (select count(*)::int from kindred.interactions) as interactions,
       (select count(*)::int from kindred.dead_letters) as dead_letters`,
  );
  return rows[0];
}
