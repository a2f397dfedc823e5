import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type EmbeddingModel, openModel } from '@kindred/embedder';

/** KINDRED_TEST_MODELS, else the folder beside the repository. */
export const modelFolder =
  process.env.KINDRED_TEST_MODELS ?? fileURLToPath(new URL('../../../shared/models', import.meta.url));

/** False, with a message, where the model is absent. */
export function hasModel(name: string): boolean {
  if (existsSync(`${modelFolder}/${name}`)) return true;
  console.info(`skipped: no ${name} in ${modelFolder}; set KINDRED_TEST_MODELS to the folder that holds it`);
  return false;
}

export const miniLm = 'all-MiniLM-L6-v2';

export const miniLmParameters = { folder: miniLm, dtype: 'q8' };

export function openMiniLm(parameters: Record<string, unknown> = {}): Promise<EmbeddingModel> {
  const definition = {
    name: miniLm,
    version: '1',
    provider: 'onnx',
    parameters: { ...miniLmParameters, ...parameters },
  };
  return openModel(definition, { modelFolder });
}

export const openBuiltIn = (): Promise<EmbeddingModel> =>
  openModel({ name: 'kindred-text', version: '1', provider: 'built-in', parameters: {} });
