import { interactionEvent, itemUpserted, parseEvent } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { demoCollections } from './demo-collections.ts';
import { type DemoPart, demoTotals, readDemo } from './demo-files.ts';

async function check(part: DemoPart) {
  const ids = new Set<string>();
  let revisions = 0n;
  for await (const { value } of readDemo(part)) {
    const bytes = Buffer.from(value);
    if (part === 'ratings') {
      ids.add((JSON.parse(value) as { event_id: string }).event_id);
      // Validating all hundred thousand alike would take ten seconds.
      if (ids.size % 20 === 0) parseEvent(interactionEvent, bytes);
    } else {
      const event = parseEvent(itemUpserted, bytes);
      ids.add(event.item_id);
      revisions += event.revision!;
    }
  }
  return { ids, revisions };
}

describe('the packed demo', () => {
  it('holds 19,406 products, 9,742 films and 100,836 ratings, each a valid event with an id of its own', async () => {
    expect(demoTotals).toEqual({ products: 19_406, movies: 9_742, ratings: 100_836 });
    const products = await check('products');
    const movies = await check('movies');
    const ratings = await check('ratings');
    expect([products.ids.size, movies.ids.size, ratings.ids.size]).toEqual([19_406, 9_742, 100_836]);
    expect([products.revisions, movies.revisions]).toEqual([19_406n, 9_742n]);
  });

  it('reads on from the position an earlier run reached', async () => {
    const all: string[] = [];
    for await (const { key } of readDemo('movies')) all.push(key);
    const rest: string[] = [];
    for await (const { key } of readDemo('movies', 9_000)) rest.push(key);
    expect(rest).toEqual(all.slice(9_000));
  });

  it('has values of the declared types in every declared attribute', async () => {
    const declared = new Map(demoCollections.map(({ name, attributes }) => [name, attributes]));
    const counts = new Map<string, number>();
    for (const part of ['products', 'movies'] as const) {
      for await (const { value } of readDemo(part)) {
        const event = JSON.parse(value) as { attributes: Record<string, unknown>; item_id: string };
        for (const attribute of declared.get(part)!) {
          const given = event.attributes[attribute.name];
          if (given === undefined) continue;
          counts.set(`${part}.${attribute.name}`, (counts.get(`${part}.${attribute.name}`) ?? 0) + 1);
          expect(Array.isArray(given), `${part} ${event.item_id} ${attribute.name}`).toBe(attribute.array);
          const type = { 1: 'string', 2: 'string', 3: 'number', 4: 'boolean', 5: 'string' }[attribute.type as 1];
          for (const one of [given].flat()) expect(typeof one, `${part} ${event.item_id} ${attribute.name}`).toBe(type);
        }
      }
    }
    for (const [name, attributes] of declared)
      for (const attribute of attributes) expect(counts.get(`${name}.${attribute.name}`)).toBeGreaterThan(50);
  });
});
