import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { expandQuery, OpenWordModels, type WordModel } from '@kindred/embedder';
import { analyze, type QueryExpander, type QueryExpansion, readArtifact, readModel } from '@kindred/vector-index';

/** Few words, all of them near, at a quarter of their similarity: more cost quality where measured, see docs/words.md. */
const perWord = 2;
const minSimilarity = 0.6;
const weightOfSimilarity = 0.25;
/** Comparing runs on the event loop: its time grows with these words times the words asked. */
const among = 50_000;
const mostAsked = 8;
/** A model trained anew is used after this long. */
const freshForMs = 2_000;
const mostNames = 10_000;
/** Comparing takes tens of milliseconds: what is asked again is not compared again. */
const mostRemembered = 2_000;

interface Newest {
  artifact: Promise<string>;
  until: number;
}

/** Widens queries by the newest registered word model of a name. */
export class WordExpander implements QueryExpander {
  private readonly newest = new Map<string, Newest>();
  private readonly models: OpenWordModels;
  private readonly remembered = new Map<string, QueryExpansion>();

  constructor(private readonly database: Database) {
    this.models = new OpenWordModels((tenant, hash) => readArtifact(database, tenant, hash));
  }

  /** Throws a KindredError: MODEL_NOT_FOUND for a name that is no word model, MODEL_UNUSABLE for a damaged one. */
  async expand(tenant: string, name: string, text: string): Promise<QueryExpansion> {
    const artifact = await this.artifactOf(tenant, name);
    const key = JSON.stringify([tenant, artifact, text]);
    const known = this.remembered.get(key);
    if (known) return known;
    const expansion = expansionOf(text, await this.models.get(tenant, artifact));
    if (this.remembered.size >= mostRemembered) this.remembered.delete(this.remembered.keys().next().value!);
    this.remembered.set(key, expansion);
    return expansion;
  }

  // Without a signal: one caller's cancel must not fail those who wait for the same answer.
  private artifactOf(tenant: string, name: string): Promise<string> {
    const key = `${tenant}/${name}`;
    const known = this.newest.get(key);
    if (known && known.until > performance.now()) return known.artifact;
    const artifact = this.readNewest(tenant, name);
    const entry = { artifact, until: performance.now() + freshForMs };
    if (this.newest.size >= mostNames) this.newest.clear();
    this.newest.set(key, entry);
    artifact.catch(() => this.newest.get(key) === entry && this.newest.delete(key));
    return artifact;
  }

  private async readNewest(tenant: string, name: string): Promise<string> {
    const model = await this.database.transaction({ tenant, readOnly: true }, (sql) => readModel(sql, name, ''));
    const artifact = model?.identity.provider === 'words' ? model.parameters.artifact : undefined;
    if (typeof artifact === 'string') return artifact;
    const message = `There is no word model "${name}"; train one with TrainWords, or empty the collection's expansion_model`;
    throw new KindredError('MODEL_NOT_FOUND', 'collection.expansion_model', message);
  }
}

function expansionOf(text: string, model: WordModel): QueryExpansion {
  const asked = new Set(analyze(text));
  // A neighbor that adds no term, like a plural, takes no place.
  const passes = (word: string) => analyze(word).some((term) => !asked.has(term));
  const extra = expandQuery(text, model, { perWord, minSimilarity, among, mostAsked, passes });
  const sum = extra.reduce((total, { weight }) => total + weight, 0);
  const weight = extra.length === 0 ? 0 : (weightOfSimilarity * sum) / extra.length;
  return { words: extra.map(({ word }) => word), weight };
}
