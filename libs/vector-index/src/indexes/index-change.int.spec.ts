import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import type { IndexSettings } from '../collection.store.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { deleteVectors } from '../models/vector.store.ts';
import { promoteWhenLarge } from '../promotion.ts';
import { copyOf, partitionOf } from '../search/layout.store.ts';
import { Search } from '../search/search.ts';
import { indexCopy, swapCopy } from './build-index.store.ts';
import { buildIndex } from './build-index.ts';
import { bloatOf } from './index-size.ts';
import { examineIndex, keepIndex, separate } from './keep-index.ts';
import { clustered, Library } from './library.fake.spec.ts';

class Killed extends Error {}

const small: IndexSettings = { kind: 'hnsw', m: 8, efConstruction: 32 };

describe.skipIf(!hasPostgres()).each(testDatabases().filter(({ name }) => name === 'postgres'))(
  'a changed index',
  ({ open }) => {
    let database: Database;
    const vectors = clustered(2_000, 256, 7);
    beforeAll(async () => {
      database = await open();
    });

    const tables = async (library: Library) => {
      const like = `${partitionOf(library.model.table, library.collection.collectionId)}%`;
      const sql = `select relname::text as name from pg_class where relkind = 'r' and relname like $1 order by 1`;
      const rows = await database.query<{ name: string }>({ tenant: library.collection.tenant }, sql, [like]);
      return rows.map(({ name }) => name);
    };
    const ids = async (library: Library) => {
      const sql = `select item_id from kindred.${library.model.table} where collection_id = $1 order by item_id collate "C"`;
      const { tenant, collectionId } = library.collection;
      return (await database.query<{ item_id: string }>({ tenant }, sql, [collectionId])).map((row) => row.item_id);
    };

    const noted = async ({ collection: { tenant, collectionId } }: Library) => {
      const sql = 'select count(*)::int as n from kindred.vector_changes where collection_id = $1';
      return (await database.query<{ n: number }>({ tenant }, sql, [collectionId]))[0]!.n;
    };

    it('loses no write and fails no search while it is built', { timeout: 180_000 }, async () => {
      const library = await Library.open(database, 'changing', 256, small);
      const { tenant, collectionId } = library.collection;
      await library.put(vectors);
      expect(await keepIndex(database, library.vectors, small)).toBe('large');
      const search = new Search(database, new CollectionDirectory(database));
      const changes: IndexSettings[] = [
        { kind: 'ivfflat', lists: 20, distance: 'l2' },
        { kind: 'hnsw', element: 'bit' },
        { kind: 'exact' },
        { ...small, m: 12 },
      ];
      const kept = new Set(vectors.map((_, at) => `i${at}`));
      let done = false;
      let searches = 0;
      // Two of them without a pause: a swap must not need a moment at which nobody writes.
      const write = async (writer: 0 | 1) => {
        for (let round = 0; !done && round < 2_000; round++) {
          const from = 2_000 + 5 * (2 * round + writer);
          await library.put(vectors.slice(round % 1_000, (round % 1_000) + 5), from);
          for (let at = 0; at < 5; at++) kept.add(`i${from + at}`);
          const gone = [`i${2 * (round % 750) + writer}`];
          await database.transaction({ tenant }, (sql) => deleteVectors(sql, library.model, collectionId, gone));
          kept.delete(gone[0]!);
        }
      };
      const read = async () => {
        for (; !done; searches++) {
          const by = { kind: 'vector', values: [...vectors[1_900 + (searches % 100)]!], model: '' } as const;
          const more = searches % 2 === 0 ? { efSearch: 40 } : { probes: 5 };
          const { hits } = await search.query({ tenant, collection: 'library', by, limit: 10, ...more });
          expect(hits).toHaveLength(10);
        }
      };
      const change = async () => {
        try {
          for (const settings of changes) expect(await keepIndex(database, library.vectors, settings)).toBe('settings');
        } finally {
          done = true;
        }
      };
      await Promise.all([write(0), write(1), read(), read(), change()]);
      expect(searches).toBeGreaterThan(0);
      expect(await ids(library)).toEqual([...kept].sort());
      expect((await examineIndex(database, library.vectors)).index?.spec).toMatchObject({ method: 'hnsw', m: 12 });
      expect(await tables(library)).toEqual([partitionOf(library.model.table, collectionId)]);
    });

    it.each(['filled', 'indexed', 'measured', 'caught up'] as const)(
      'is finished by the next call when its maker ends once it is %s',
      async (when) => {
        const library = await Library.open(database, `killed ${when}`, 256, small);
        await library.put(vectors.slice(0, 300));
        await keepIndex(database, library.vectors, small);
        const killed = keepIndex(database, library.vectors, small, {
          force: true,
          onStep: (step) => {
            if (step === when) throw new Killed(step);
          },
        });
        await expect(killed).rejects.toThrow(Killed);
        expect((await examineIndex(database, library.vectors)).copying).toBe(true);
        await library.put(vectors.slice(300, 400), 300);
        const { tenant, collectionId } = library.collection;
        await database.transaction({ tenant }, (sql) => deleteVectors(sql, library.model, collectionId, ['i7']));
        expect(await keepIndex(database, library.vectors, small)).toBe('interrupted');
        const state = await examineIndex(database, library.vectors);
        expect(state).toMatchObject({ rows: 399, copying: false, index: { spec: { method: 'hnsw', m: 8 } } });
        expect(await keepIndex(database, library.vectors, small)).toBeUndefined();
      },
    );

    it('comes into use though an autovacuum is at work, which ends itself only for who waits a second', async () => {
      const library = await Library.open(database, 'vacuumed', 256, small);
      await library.put(vectors.slice(0, 300));
      await keepIndex(database, library.vectors, small);
      const onStep = (step: string) => {
        if (step === 'caught up') throw new Killed(step);
      };
      await expect(keepIndex(database, library.vectors, small, { force: true, onStep })).rejects.toThrow(Killed);
      const { tenant, collectionId } = library.collection;
      const scope = { tenant, settings: { lock_timeout: '300ms' } };
      // The lock that an autovacuum has, for three times as long as others may wait behind a swap.
      let vacuum: Promise<void> | undefined;
      await new Promise<void>((isLocked) => {
        vacuum = database.transaction({ tenant }, async (sql) => {
          const partition = partitionOf(library.model.table, collectionId);
          await sql.query(`lock table kindred.${partition} in share update exclusive mode`);
          isLocked();
          await sleep(900);
        });
      });
      expect(await database.transaction(scope, (sql) => swapCopy(sql, library.model.table, collectionId))).toBe(true);
      await vacuum;
      expect(await examineIndex(database, library.vectors)).toMatchObject({ rows: 300, copying: false });
    });

    it('is built in the memory that its graph takes, within the bound, and never in less than the server gives', async () => {
      const library = await Library.open(database, 'remembering', 256, small);
      await library.put(vectors.slice(0, 600));
      const onStep = () => {
        throw new Killed();
      };
      await expect(keepIndex(database, library.vectors, small, { onStep })).rejects.toThrow(Killed);
      const { tenant, collectionId } = library.collection;
      const memory = async (most: string, ofServer = '64kB') => {
        const settings = { maintenance_work_mem: ofServer, 'kindred.index_build_memory': most };
        let claimed = '';
        const built = database.transaction({ tenant, settings }, async (sql) => {
          await indexCopy(sql, library.model.table, collectionId);
          const [row] = await sql.query<{ kb: string }>(`select current_setting('maintenance_work_mem') as kb`);
          claimed = row!.kb;
          throw new Killed();
        });
        await expect(built).rejects.toThrow(Killed);
        return claimed;
      };
      expect(await memory('')).toBe('64kB');
      expect(await memory('100kB')).toBe('100kB');
      // Twice the table of 600 rows of 512 bytes and what belongs to them.
      expect(Number.parseInt(await memory('1GB'), 10)).toBeGreaterThan(600);
      expect(Number.parseInt(await memory('1GB'), 10)).toBeLessThan(2_000);
      expect(await memory('1GB', '512MB')).toBe('512MB');
    });

    it('is begun anew when the settings changed after its maker ended', async () => {
      const library = await Library.open(database, 'changed twice', 256, small);
      await library.put(vectors.slice(0, 300));
      await keepIndex(database, library.vectors, small);
      const onStep = () => {
        throw new Killed();
      };
      await expect(keepIndex(database, library.vectors, { ...small, m: 10 }, { onStep })).rejects.toThrow(Killed);
      expect(await keepIndex(database, library.vectors, { ...small, m: 11 })).toBe('settings');
      expect((await examineIndex(database, library.vectors)).index?.spec).toMatchObject({ m: 11 });
    });

    it('leaves no copy when it is not wanted any more', async () => {
      const library = await Library.open(database, 'unwanted', 256, { kind: 'auto' });
      await library.put(vectors.slice(0, 300));
      const onStep = () => {
        throw new Killed();
      };
      await expect(keepIndex(database, library.vectors, small, { onStep })).rejects.toThrow(Killed);
      const { tenant, collectionId } = library.collection;
      const own = partitionOf(library.model.table, collectionId);
      expect(await tables(library)).toEqual([own, `${own}_next`]);
      await library.put(vectors.slice(0, 3));
      expect(await noted(library)).toBe(3);
      expect(await promoteWhenLarge(database, tenant, collectionId, library.model)).toBe(false);
      expect(await tables(library)).toEqual([own]);
      await library.put(vectors.slice(0, 3));
      expect(await noted(library)).toBe(0);
    });

    it('is of vectors in a partition of their own, where large ones are without an index too', async () => {
      const library = await Library.open(database, 'apart', 8, { kind: 'exact' });
      const { tenant, collectionId } = library.collection;
      await library.put(clustered(10_000, 8, 3));
      expect(await promoteWhenLarge(database, tenant, collectionId, library.model, { kind: 'exact' })).toBe(false);
      expect(await tables(library)).toEqual([partitionOf(library.model.table, collectionId)]);
      const vectorsOf = { ...library.vectors };
      expect(await separate(database, vectorsOf)).toBeUndefined();
      expect(await examineIndex(database, vectorsOf)).toMatchObject({ rows: 10_000, index: undefined, copying: false });
      const shared = `select count(*)::int as n from kindred.${library.model.table}_default where collection_id = $1`;
      expect(await database.query({ tenant }, shared, [collectionId])).toEqual([{ n: 0 }]);
    });

    it('changes hands without a look at a row: constraints say where rows are', async () => {
      const library = await Library.open(database, 'constrained', 256, small);
      await library.put(vectors.slice(0, 300));
      await keepIndex(database, library.vectors, small);
      const { tenant, collectionId } = library.collection;
      const { table } = library.model;
      const onStep = (step: string) => {
        if (step === 'caught up') throw new Killed(step);
      };
      await expect(keepIndex(database, library.vectors, small, { force: true, onStep })).rejects.toThrow(Killed);
      const rowsRead = `select array_agg(seq_tup_read order by relid) as read from pg_stat_xact_user_tables
        where relname = any(array[$1 || '_default', $2])`;
      await database.transaction({ tenant }, async (sql) => {
        const before = await sql.query(rowsRead, [table, copyOf(table, collectionId)]);
        expect(await swapCopy(sql, table, collectionId)).toBe(true);
        expect(await sql.query(rowsRead, [table, partitionOf(table, collectionId)])).toEqual(before);
      });
    });

    it('is built once by two processes that ask at the same time', async () => {
      const library = await Library.open(database, 'twice', 256, small);
      await library.put(vectors.slice(0, 300));
      await keepIndex(database, library.vectors, small);
      // Each waits for the other at every step, so each meets what the other left.
      for (const m of [9, 10, 11, 12, 13]) {
        const settings = { ...small, m, efConstruction: 100 };
        const both = await Promise.all([0, 1].map(() => keepIndex(database, library.vectors, settings)));
        expect(both.filter((reason) => reason === 'settings')).toHaveLength(1);
      }
      const { oid } = await examineIndex(database, library.vectors);
      expect(await buildIndex(database, library.vectors, { method: 'none' }, oid! - 1n)).toBe(false);
    });

    it('is as large as expected when fresh, and is built anew when most of its rows are gone', {
      timeout: 120_000,
    }, async () => {
      for (const [name, settings] of Object.entries<IndexSettings>({
        small,
        wide: { kind: 'hnsw', m: 40, efConstruction: 80 },
        bits: { kind: 'hnsw', element: 'bit' },
        lists: { kind: 'ivfflat', lists: 10 },
      })) {
        const library = await Library.open(database, name, 256, settings);
        await library.put(vectors);
        await keepIndex(database, library.vectors, settings);
        const state = await examineIndex(database, library.vectors);
        const { bloat, excessive } = bloatOf(state, state.index!.spec, 256);
        expect(bloat).toBeGreaterThan(0.8);
        expect(bloat).toBeLessThan(1.25);
        expect(excessive).toBe(false);
      }
      const library = await Library.open(database, 'bloated', 256, small);
      const { tenant, collectionId } = library.collection;
      await library.put(clustered(5_000, 256, 8));
      await keepIndex(database, library.vectors, small);
      expect(await promoteWhenLarge(database, tenant, collectionId, library.model, small)).toBe(false);
      const gone = Array.from({ length: 3_800 }, (_, at) => `i${at}`);
      await database.transaction({ tenant }, (sql) => deleteVectors(sql, library.model, collectionId, gone));
      const before = await examineIndex(database, library.vectors);
      expect(await keepIndex(database, library.vectors, small)).toBe('bloat');
      const after = await examineIndex(database, library.vectors);
      expect(after.rows).toBe(1_200);
      expect(after.indexBytes).toBeLessThan(before.indexBytes / 2);
    });
  },
);
