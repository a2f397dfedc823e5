import { resolve } from 'node:path';
import { Kindred } from '@kindred/client';
import { freePort, KindredProcess } from '../../support/kindred-process.ts';

/** Hits that the reranker reads. */
export const rerankDepth = 50;
/** Questions are many and nobody waits for one. */
const deadlineMs = 120_000;

/** The search service as an operator runs it, and a client of it. */
export async function startSearch(databaseUrl: string, modelFolder: string, rerankUrl: string | undefined) {
  const [address, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const main = resolve(import.meta.dirname, '../../../apps/search/dist/main.js');
  const parameters = { url: rerankUrl, style: 'tei', timeoutMs: 60_000 };
  const env = {
    DATABASE_URL: databaseUrl,
    GRPC_ADDRESS: address,
    HTTP_ADDRESS: http,
    LOG_LEVEL: 'warn',
    QUERY_LOG: 'off',
    RECALL_SAMPLE: '0',
    MODEL_FOLDER: modelFolder,
    ...(rerankUrl && { RERANKERS: JSON.stringify({ 'bi-encoder': { provider: 'http', parameters } }) }),
  };
  const started = new KindredProcess('search', [process.execPath, main], env, http);
  await started.start();
  const kindred = new Kindred({ address, deadlineMs });
  const stop = async () => {
    kindred.close();
    await started.stop();
  };
  return { kindred, stop };
}
