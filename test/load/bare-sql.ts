import { type Database, openDatabase, type Scope } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { CollectionDirectory, type QueryEmbedder, Search } from '@kindred/vector-index';
import pg from 'pg';

export interface BareStatement {
  text: string;
  values: unknown[];
  settings: Record<string, string>;
}

/** The statements that the search service would send, taken from the same code. */
export async function statementsOf(
  databaseUrl: string,
  collection: string,
  queries: string[],
): Promise<BareStatement[]> {
  const database = await openDatabase({ url: databaseUrl, poolSize: 1 });
  const model = await builtInTextModel();
  const taken: BareStatement[] = [];
  const recording: Database = {
    driver: database.driver,
    features: database.features,
    query: (scope: Scope, text: string, values: readonly unknown[] = []) => {
      if (text.startsWith('with ')) taken.push({ text, values: [...values], settings: { ...scope.settings } });
      return database.query(scope, text, values);
    },
    transaction: (scope, work) => database.transaction(scope, work),
    listen: (channel, onNotify) => database.listen(channel, onNotify),
    vector: (values) => database.vector(values),
    vectors: (list) => database.vectors(list),
    close: () => database.close(),
  };
  const embedder: QueryEmbedder = {
    embed: async (_tenant, _model, input) => ({
      model: model.identity,
      vector: (await model.embed([input], 'query'))[0]!,
    }),
  };
  const directory = new CollectionDirectory(recording);
  const search = new Search(recording, directory, embedder);
  for (const text of queries) {
    await search.query({ tenant: 'default', collection, by: { kind: 'text', text }, limit: 10 });
  }
  await directory.close();
  await database.close();
  await model.close();
  return taken;
}

/** The statements through plain `pg`: prepared, with the tenant set on the connection, nothing else around them. */
export class BareClients {
  private constructor(private readonly clients: pg.Client[]) {}

  static async open(databaseUrl: string, count: number, settings: Record<string, string>): Promise<BareClients> {
    const options = Object.entries({
      role: 'kindred_service',
      search_path: 'kindred,public',
      'app.tenant': 'default',
      ...settings,
    })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' ');
    const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: databaseUrl, options }));
    await Promise.all(clients.map((client) => client.connect()));
    return new BareClients(clients);
  }

  async run(slot: number, { text, values }: BareStatement): Promise<void> {
    await this.clients[slot]!.query({ name: `bare${text.length}`, text, values });
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
  }
}
