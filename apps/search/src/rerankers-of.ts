import { KindredError } from '@kindred/contracts';
import { type RerankerDefinition, Rerankers } from '@kindred/embedder';
import { ConfigError } from '@kindred/runtime';

/** As the environment says it (rerankEnv and modelEnv of libs/runtime). */
export interface RerankSettings {
  RERANKERS?: Record<string, Omit<RerankerDefinition, 'name'>>;
  MODEL_FOLDER?: string;
}

/** A process's rerankers; `secrets` are the variables of the environment. Throws a ConfigError for wrong settings. */
export function rerankersOf(
  { RERANKERS = {}, MODEL_FOLDER }: RerankSettings,
  secrets: Readonly<Record<string, string | undefined>>,
): Rerankers {
  const definitions = Object.entries(RERANKERS).map(([name, definition]) => ({ name, ...definition }));
  try {
    return new Rerankers(definitions, { modelFolder: MODEL_FOLDER, secret: (name) => secrets[name] });
  } catch (error) {
    if (!(error instanceof KindredError)) throw error;
    throw new ConfigError(`RERANKERS: ${error.message}`, { cause: error });
  }
}
