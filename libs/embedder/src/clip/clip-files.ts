import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { KindredError } from '@kindred/contracts';
import { hashFiles, isFile } from '../hash-files.ts';
import { fileSuffixes, type OnnxDtype } from '../onnx/onnx-parameters.ts';

export interface ClipFiles {
  folder: string;
  /** SHA-256 over the names and bytes of the files and the dtype, hex. */
  hash: string;
}

/** Finds a CLIP model in the layout of transformers.js. Throws MODEL_UNUSABLE that lists every missing file. */
export async function findClipFiles(modelFolder: string, name: string, dtype: OnnxDtype): Promise<ClipFiles> {
  const folder = await below(modelFolder, name);
  const towers = ['text_model', 'vision_model'].map((tower) => `onnx/${tower}${fileSuffixes[dtype]}.onnx`);
  const needed = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json', ...towers];
  const there = await Promise.all(needed.map((path) => isFile(join(folder, path))));
  const missing = needed.filter((_, at) => !there[at]);
  if (missing.length > 0)
    throw unusable(`The folder "${name}" of models lacks ${missing.join(', ')}; put the whole CLIP model there`);
  const apart = await Promise.all(towers.map((path) => isFile(join(folder, `${path}_data`))));
  const data = towers.filter((_, at) => apart[at]).map((path) => `${path}_data`);
  return { folder, hash: await hashFiles(folder, [...needed, ...data], dtype) };
}

/** Links are followed, and must stay below the folder of models. */
async function below(modelFolder: string, name: string): Promise<string> {
  try {
    const root = await realpath(modelFolder);
    const path = await realpath(join(root, name));
    const inside = relative(root, path);
    if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return path;
  } catch (cause) {
    throw unusable(`There is no folder "${name}" of a model below the folder of models; put it there`, cause);
  }
  throw unusable(`The folder "${name}" is not below the folder of models; name one that is`);
}

const unusable = (message: string, cause?: unknown) =>
  new KindredError('MODEL_UNUSABLE', 'parameters.folder', message, { cause });
