import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { expandQuery, readWordArtifact, type WordModel } from '@kindred/embedder';
import { analyze, type QueryExpander, type QueryExpansion, readArtifact, readModel } from '@kindred/vector-index';

/** Few words, all of them near, at a quarter of their similarity: more cost quality where measured, see docs/words.md. */
const perWord = 2;
const minSimilarity = 0.6;
const weightOfSimilarity = 0.25;
/** Comparing runs on the event loop: its time grows with these words times the words asked. */
const among = 50_000;
const mostAsked = 8;
/** Models kept in memory. */
const mostOpen = 4;
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
  private readonly open = new Map<string, Promise<WordModel>>();
  private readonly remembered = new Map<string, QueryExpansion>();

  constructor(private readonly database: Database) {}

  /** Throws a KindredError: MODEL_NOT_FOUND for a name that is no word model, MODEL_UNUSABLE for a damaged one. */
  async expand(tenant: string, name: string, text: string): Promise<QueryExpansion> {
    const artifact = await this.artifactOf(tenant, name);
    const key = JSON.stringify([tenant, artifact, text]);
    const known = this.remembered.get(key);
    if (known) return known;
    const expansion = expansionOf(text, await this.model(tenant, artifact));
    if (this.remembered.size >= mostRemembered) this.remembered.delete(this.remembered.keys().next().value!);
    this.remembered.set(key, expansion);
    return expansion;
  }

  // Without a signal, here and below: one caller's cancel must not fail those who wait for the same answer.
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

  private model(tenant: string, artifact: string): Promise<WordModel> {
    const key = `${tenant}/${artifact}`;
    const model = this.open.get(key) ?? readArtifact(this.database, tenant, artifact).then(readWordArtifact);
    // Last in, last out: a Map keeps the order of insertion.
    this.open.delete(key);
    this.open.set(key, model);
    model.catch(() => this.open.get(key) === model && this.open.delete(key));
    for (const oldest of this.open.keys()) if (this.open.size > mostOpen) this.open.delete(oldest);
    return model;
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
