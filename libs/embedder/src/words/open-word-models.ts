import { readWordArtifact } from './word-artifact.ts';
import type { WordModel } from './word-model.ts';

/** Models kept in memory. */
const mostOpen = 4;

/** Stored word models, the last used ones in memory. A failed opening is tried again. */
export class OpenWordModels {
  private readonly open = new Map<string, Promise<WordModel>>();

  constructor(private readonly readArtifact: (tenant: string, hash: string) => Promise<Uint8Array>) {}

  /** By its artifact's SHA-256, hex. Throws a KindredError MODEL_UNUSABLE where that is missing or damaged. */
  get(tenant: string, hash: string): Promise<WordModel> {
    const key = `${tenant}/${hash}`;
    // Without a signal: one caller's cancel must not fail those who wait for the same model.
    const model = this.open.get(key) ?? this.readArtifact(tenant, hash).then(readWordArtifact);
    // Last in, last out: a Map keeps the order of insertion.
    this.open.delete(key);
    this.open.set(key, model);
    model.catch(() => this.open.get(key) === model && this.open.delete(key));
    for (const oldest of this.open.keys()) if (this.open.size > mostOpen) this.open.delete(oldest);
    return model;
  }
}
