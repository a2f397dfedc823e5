import { createHash } from 'node:crypto';
import type { EmbeddedQuery, ModelTable, QueryEmbedder, QueryInput } from '@kindred/vector-index';

/** Remembers the vectors of recent queries; the same text asked twice at once is embedded once. */
export class CachedEmbedder implements QueryEmbedder {
  private readonly entries = new Map<string, Promise<EmbeddedQuery>>();

  /** 2,000 texts of 512 dimensions take 4 MB; a picture has up to six vectors. */
  constructor(
    private readonly embedder: QueryEmbedder,
    private readonly most = 2_000,
  ) {}

  embed(tenant: string, model: ModelTable, input: QueryInput): Promise<EmbeddedQuery> {
    const { name, version, artifactHash } = model.identity;
    const key = JSON.stringify([tenant, name, version, artifactHash, contentOf(input)]);
    const known = this.entries.get(key);
    if (known) {
      // Last in, last out: a Map keeps the order of insertion.
      this.entries.delete(key);
      this.entries.set(key, known);
      return known;
    }
    // Without a signal: one caller's cancel must not fail those who wait for the same vector.
    const embedded = this.embedder.embed(tenant, model, input);
    this.entries.set(key, embedded);
    embedded.catch(() => this.entries.get(key) === embedded && this.entries.delete(key));
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value!);
    return embedded;
  }
}

const contentOf = (input: QueryInput): string[] =>
  input.kind === 'text' ? ['text', input.text] : ['image', createHash('sha256').update(input.bytes).digest('base64')];
