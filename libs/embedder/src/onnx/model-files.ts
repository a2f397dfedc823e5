import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isFile } from '../hash-files.ts';
import { fileSuffixes, type OnnxDtype } from './onnx-parameters.ts';

/** The files of a model in the layout of transformers.js: those that decide its vectors. */
export interface ModelFiles {
  /** Paths below the folder that are there, sorted. */
  present: string[];
  /** Paths below the folder that the model cannot do without. */
  missing: string[];
  /** What the folder has weights of. */
  dtypes: OnnxDtype[];
}

export async function findModelFiles(folder: string, dtype: OnnxDtype): Promise<ModelFiles> {
  const weights = `onnx/model${fileSuffixes[dtype]}.onnx`;
  const needed = ['config.json', 'tokenizer.json', 'tokenizer_config.json', weights];
  if (await keepsWeightsApart(folder, basename(weights))) needed.push(`${weights}_data`);
  const found = await Promise.all(needed.map((path) => isFile(join(folder, path))));
  const present = needed.filter((_, at) => found[at]);
  const names = await namesIn(join(folder, dirname(weights)));
  const dtypes = (Object.keys(fileSuffixes) as OnnxDtype[]).filter((each) =>
    names.includes(`model${fileSuffixes[each]}.onnx`),
  );
  for (const name of names) {
    const path = `${dirname(weights)}/${name}`;
    if (path.startsWith(`${weights}_data`) && !present.includes(path)) present.push(path);
  }
  return { present: present.sort(), missing: needed.filter((_, at) => !found[at]), dtypes };
}

/** Files over 2 GB keep their weights beside the graph; config.json says so. */
async function keepsWeightsApart(folder: string, file: string): Promise<boolean> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '{}');
  let config: { 'transformers.js_config'?: { use_external_data_format?: boolean | number | Record<string, unknown> } };
  try {
    config = JSON.parse(text) as typeof config;
  } catch {
    // Loading the model names what is wrong with the file.
    return false;
  }
  const apart = config['transformers.js_config']?.use_external_data_format ?? false;
  return Boolean(typeof apart === 'object' ? (apart[file] ?? apart.model) : apart);
}

const namesIn = (folder: string) => readdir(folder).catch((): string[] => []);
