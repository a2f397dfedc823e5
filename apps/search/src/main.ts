import { openDatabase } from '@kindred/database';
import { builtInTextModel } from '@kindred/embedder';
import { databaseEnv, openLog, readConfig, runProcess, serverEnv, startServices, version } from '@kindred/runtime';
import { z } from 'zod';
import { LocalEmbedder } from './local-embedder.ts';
import { RemoteEmbedder } from './remote-embedder.ts';
import { searchEnv, searchService } from './search.ts';

await runProcess(async () => {
  const config = readConfig(z.object({ ...serverEnv, ...databaseEnv, ...searchEnv }));
  const database = await openDatabase({
    url: config.DATABASE_READ_URL ?? config.DATABASE_URL,
    dataFolder: config.KINDRED_DATA,
    poolSize: config.DATABASE_POOL,
    applicationName: 'kindred-search',
  });
  const embedder = config.EMBEDDING_ADDRESS
    ? new RemoteEmbedder(config.EMBEDDING_ADDRESS, config.EMBEDDING_API_KEY)
    : new LocalEmbedder(await builtInTextModel());
  const services = [searchService({ database, embedder })];
  const close = [() => database.close(), () => embedder.close()];
  await startServices({ services, config, version, log: openLog(config), close });
});
