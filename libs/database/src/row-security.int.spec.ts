import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import type { Database } from './database.ts';

interface Column {
  name: string;
  type: string;
}

const mine = { tenant: 'mine' };
const theirs = { tenant: 'theirs' };
const everybody = { maintenance: 'list-tenants' } as const;

/** Two vector tables, because services make those while they run. */
const setUp = [
  "select create_vector_table('vectors_full', 3, 'vector')",
  "select create_vector_table('vectors_half', 3, 'halfvec')",
];

const tablesSql = `
  select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as protected
  from pg_class c where c.relnamespace = 'kindred'::regnamespace and c.relkind in ('r', 'p') order by 1`;

/** What an insert must fill: everything without a default, so that a new table needs no change here. */
const columnsSql = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = ('kindred.' || quote_ident($1))::regclass and a.attnum > 0 and not a.attisdropped
    and d.oid is null and a.attidentity = '' order by a.attnum`;

/** Of columns that take some values only. */
const allowed: Record<string, string> = { kind: 'text', role: 'active' };
const samples: Record<string, string> = {
  text: 'x',
  integer: '1',
  bigint: '1',
  oid: '1',
  real: '1',
  'double precision': '1',
  boolean: 'true',
  bytea: '\\x01',
  jsonb: '{}',
  tsvector: "'x':1",
  'text[]': '{x}',
  'smallint[]': '{1}',
  'bigint[]': '{1}',
  'real[]': '{0.5}',
  'double precision[]': '{0.5}',
  date: '2026-11-21',
  'timestamp with time zone': '2026-11-21T00:00:00Z',
  vector: '[1,2,3]',
  'vector(3)': '[1,2,3]',
  'halfvec(3)': '[1,2,3]',
};

describe.each(testDatabases())('Row-level security on $name', ({ open }) => {
  let database: Database;
  let tables: { name: string; protected: boolean }[];
  beforeAll(async () => {
    database = await open();
    for (const text of setUp) await database.query(mine, text);
    tables = await allTables();
  });

  async function allTables() {
    const rows = await database.query<{ name: string; protected: boolean }>(mine, tablesSql);
    return rows.filter((table) => table.name !== 'schema_migrations');
  }

  async function insertSql(table: string, tenant: string): Promise<string> {
    const columns = await database.query<Column>(mine, columnsSql, [table]);
    const values = columns.map(({ name, type }) => {
      const sample = name === 'tenant_id' ? tenant : (allowed[name] ?? samples[type]);
      if (sample === undefined) throw new Error(`${table}.${name} is of type ${type}: add a sample of it to this test`);
      return `'${sample.replaceAll("'", "''")}'::${type}`;
    });
    return `insert into ${table} (${columns.map(({ name }) => name).join(', ')}) values (${values.join(', ')})`;
  }

  it('is on, and forced, for every table', () => {
    expect(tables.length).toBeGreaterThan(15);
    expect(tables.filter((table) => !table.protected)).toEqual([]);
  });

  it('lets a wrong tenant see, change and add nothing, in any table', async () => {
    for (const { name } of tables) {
      await database.query(mine, await insertSql(name, mine.tenant));
      const count = `select count(*)::int as rows from ${name}`;
      expect(await database.query(mine, count), name).toEqual([{ rows: 1 }]);
      expect(await database.query(theirs, count), name).toEqual([{ rows: 0 }]);
      const update = `update ${name} set tenant_id = tenant_id returning 1`;
      expect(await database.query(theirs, update), name).toEqual([]);
      expect(await database.query(theirs, `delete from ${name} returning 1`), name).toEqual([]);
      const forged = database.query(theirs, await insertSql(name, mine.tenant));
      await expect(forged, name).rejects.toMatchObject({ code: '42501' });
      const given = database.query(mine, `update ${name} set tenant_id = 'theirs'`);
      await expect(given, name).rejects.toMatchObject({ code: '42501' });
      expect(await database.query(everybody, count), name).toEqual([{ rows: 1 }]);
      expect(await database.query(mine, `delete from ${name} returning 1 as row`), name).toEqual([{ row: 1 }]);
    }
  });

  it('shows nothing to a session without a tenant', async () => {
    await database.query(mine, await insertSql('items', mine.tenant));
    const rows = await database.transaction(mine, async (sql) => {
      await sql.query("select set_config('app.tenant', '', true)");
      return sql.query('select item_id from items');
    });
    expect(rows).toEqual([]);
  });

  it('keeps services from owning, changing and emptying tables', async () => {
    const refused = [
      'create table kindred.own (tenant_id text)',
      'create table own (tenant_id text)',
      'alter table items no force row level security',
      'drop policy one_tenant on items',
      'truncate items',
      "select kindred.protect('items')",
      'delete from schema_migrations',
      'set session authorization postgres; select 1',
    ];
    for (const text of refused) {
      await expect(database.query(mine, text), text).rejects.toMatchObject({
        code: expect.stringMatching(/^42501|^42601/),
      });
    }
  });

  it('makes vector tables of a checked name, type and size only', async () => {
    const calls = [
      ['items', 3, 'vector'],
      ['vectors_a; drop table items', 3, 'vector'],
      ['vectors_a', 0, 'vector'],
      ['vectors_a', 3, 'text'],
    ];
    for (const values of calls) {
      const made = database.query(mine, 'select create_vector_table($1, $2, $3)', values);
      await expect(made, String(values)).rejects.toMatchObject({ code: '22023' });
    }
    await database.query(mine, "select create_vector_table('vectors_wide', 3000, 'vector')");
    const [row] = await database.query(
      mine,
      `select attstorage as storage from pg_attribute
      where attrelid = 'vectors_wide'::regclass and attname = 'embedding'`,
    );
    expect(row).toEqual({ storage: 'e' });
  });
});
