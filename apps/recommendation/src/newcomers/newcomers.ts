import type { Database } from '@kindred/database';
import { mapFactors } from '@kindred/ranking';
import type { Log } from '@kindred/runtime';
import { type CollectionRow, decodeVector } from '@kindred/vector-index';
import type { Models } from '../models.ts';
import { breather, type Pause } from '../rebuild/breather.ts';
import { type ItemFactors, mostNewcomers } from '../tables/item-factors.ts';
import { type DescribedRow, readNewcomers } from './described-items.store.ts';
import type { NewcomerMap } from './factor-map.store.ts';

/** A look is due again after so many times what it took, and this at least: it costs a hundredth of a core. */
const restFactor = 100;
const leastRestMs = 2_000;

interface Look {
  dueAt: number;
  running: boolean;
}

/** Gives items that a model was not trained on the factors that their descriptions say, in the memory of this process. */
export class Newcomers {
  private readonly looks = new WeakMap<ItemFactors, Look>();

  constructor(
    private readonly database: Database,
    private readonly models: Models,
    private readonly log: Log,
  ) {}

  /** Looks behind the answer, where the last look is long enough ago. */
  follow(collection: CollectionRow, held: ItemFactors): void {
    const look = this.lookOf(held);
    if (!held.newcomerMap || look.running || performance.now() < look.dueAt) return;
    this.look(collection, held).catch((error: unknown) => {
      const { tenant, name } = collection;
      this.log.warn(
        { tenant, collection: name, err: error },
        'new items got no factors; they will be looked for again',
      );
    });
  }

  /** What is on sale now and was not trained on takes the place of what was found before. */
  async look(collection: CollectionRow, held: ItemFactors): Promise<void> {
    const { newcomerMap: map, model } = held;
    if (!map) return;
    const look = this.lookOf(held);
    look.running = true;
    const start = performance.now();
    try {
      const table = await this.models.of(collection);
      const content = table && table.table === map.contentTable ? table : undefined;
      const query = { version: model.version, model: content, most: mostNewcomers };
      const rows = await readNewcomers(this.database, collection, query);
      held.replaceNewcomers(await mapped(rows, map, collection, breather()));
    } finally {
      look.running = false;
      look.dueAt = performance.now() + Math.max(leastRestMs, restFactor * (performance.now() - start));
    }
  }

  private lookOf(held: ItemFactors): Look {
    const look = this.looks.get(held) ?? { dueAt: 0, running: false };
    this.looks.set(held, look);
    return look;
  }
}

async function mapped(
  rows: readonly DescribedRow[],
  { traits, map }: NewcomerMap,
  { attributes }: CollectionRow,
  pause: Pause,
): Promise<[string, Float32Array][]> {
  const found: [string, Float32Array][] = [];
  for (const row of rows) {
    const factors = new Float32Array(map.dimensions);
    const content = row.content ? decodeVector(row.content) : undefined;
    mapFactors(map, traits.of(row, attributes), content, factors);
    found.push([row.item_id, factors]);
    await pause();
  }
  return found;
}
