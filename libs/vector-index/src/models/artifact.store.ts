import { createHash } from 'node:crypto';
import { KindredError } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';

const partBytes = 4 * 1024 * 1024;

/** Stores an artifact in the running transaction, unless the tenant has it. */
export async function saveArtifact(sql: Sql, hash: string, bytes: Uint8Array): Promise<void> {
  for (let part = 0; part * partBytes < bytes.length; part++) {
    await sql.query(
      `insert into kindred.model_artifacts (tenant_id, artifact_hash, part, bytes)
       values (kindred.tenant(), $1, $2, $3) on conflict (tenant_id, artifact_hash, part) do nothing`,
      [hash, part, bytes.subarray(part * partBytes, (part + 1) * partBytes)],
    );
  }
}

/** The artifact whole. Throws a KindredError MODEL_UNUSABLE where it is missing or damaged. */
export async function readArtifact(
  database: Database,
  tenant: string,
  hash: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for (;;) {
    const rows = await database.query<{ bytes: Buffer }>(
      { tenant, readOnly: true, signal },
      `select bytes from kindred.model_artifacts
        where tenant_id = kindred.tenant() and artifact_hash = $1 and part = $2`,
      [hash, parts.length],
    );
    if (!rows[0]) break;
    parts.push(rows[0].bytes);
  }
  const bytes = Buffer.concat(parts);
  if (createHash('sha256').update(bytes).digest('hex') === hash) return bytes;
  const message = `The stored artifact ${hash} is missing or damaged; train or import the model again`;
  throw new KindredError('MODEL_UNUSABLE', 'parameters.artifact', message);
}
