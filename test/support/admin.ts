import pg from 'pg';

/** Runs one statement on the database that the URL names, like `create database`, which needs a connection of its own. */
export async function onAdmin(url: string, statement: string): Promise<void> {
  await connected(url, (client) => client.query(statement));
}

export async function databaseExists(url: string, name: string): Promise<boolean> {
  const { rowCount } = await connected(url, (client) =>
    client.query('select from pg_database where datname = $1', [name]),
  );
  return rowCount === 1;
}

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}
