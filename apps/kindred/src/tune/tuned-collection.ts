import { readCollectionModels } from '@kindred/vector-index';
import { CliError } from '../cli-error.ts';
import type { VectorSource } from './tuning.store.ts';
import type { TuningSession } from './tuning-session.ts';

export interface TunedCollection extends VectorSource {
  name: string;
  model: { name: string; version: string };
  createdAt: Date;
}

/** The collection and one of its models: the named one, else the active one for texts, else any active one. */
export async function tunedCollection(
  session: TuningSession,
  tenant: string,
  name: string,
  wanted: string | undefined,
): Promise<TunedCollection> {
  await session.set({ 'app.tenant': tenant });
  const [row] = await session.query<{ id: number; createdAt: Date }>(
    'select collection_id as id, created_at as "createdAt" from kindred.collections where tenant_id = $1 and name = $2',
    [tenant, name],
  );
  if (!row)
    throw new CliError(`there is no collection "${name}" of tenant "${tenant}"; ${await names(session, tenant)}`);
  const models = await readCollectionModels(session, row.id);
  const active = models.filter(({ role }) => role === 'active');
  const chosen =
    wanted === undefined
      ? (active.find(({ kind }) => kind === 'text') ?? active[0])
      : models.find(({ model }) => model.name === wanted);
  if (!chosen) {
    const known = models.map(({ model }) => model.name).join(', ') || 'none yet';
    throw new CliError(`"${name}" has no vectors of ${wanted ?? 'any model'}; its models: ${known}`);
  }
  const { model } = chosen;
  const { dimensions, element: stored, table } = model;
  return { tenant, collectionId: row.id, name, model, dimensions, stored, table, createdAt: row.createdAt };
}

async function names(session: TuningSession, tenant: string): Promise<string> {
  const rows = await session.query<{ name: string }>(
    'select name from kindred.collections where tenant_id = $1 order by name limit 20',
    [tenant],
  );
  return rows.length === 0 ? 'it has none; is --tenant right?' : `it has ${rows.map((row) => row.name).join(', ')}`;
}
