// The thread that a CLIP model runs in: one input at a time, so that a vector does not depend on its neighbors. Node
// starts it from src/ as it is: no syntax that needs more than stripping of types.
import { workerData } from 'node:worker_threads';
import { firstLine } from '../threads/first-line.ts';
import { loadTransformers, type ModelOutput, type Transformers } from '../threads/load-transformers.ts';
import { serveModel } from '../threads/serve-model.ts';
import { Unusable } from '../threads/unusable.ts';
import type { ClipAnswer, ClipRequest, ClipSettings, LoadedClip } from './clip-messages.ts';

type Embed = (request: ClipRequest) => Promise<Float32Array>;

/** Characters of a text that are looked at: far more than the 77 tokens that CLIP keeps. */
const longestText = 4_096;

async function load(settings: ClipSettings): Promise<Embed> {
  const transformers = await loadTransformers(settings.package);
  try {
    return await loadTowers(transformers, settings);
  } catch (error) {
    const message = `The CLIP model cannot be loaded: ${firstLine(error)}; check its files`;
    throw new Unusable('parameters.folder', message);
  }
}

async function loadTowers(transformers: Transformers, { folder, dtype, threads }: ClipSettings): Promise<Embed> {
  const { AutoTokenizer, AutoImageProcessor, CLIPTextModelWithProjection, CLIPVisionModelWithProjection } =
    transformers;
  transformers.env.allowRemoteModels = false;
  transformers.env.useFSCache = false;
  const options = {
    dtype: dtype as 'fp32',
    device: 'cpu' as const,
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  };
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  const processor = await AutoImageProcessor.from_pretrained(folder, {});
  const texts = await CLIPTextModelWithProjection.from_pretrained(folder, options);
  const images = await CLIPVisionModelWithProjection.from_pretrained(folder, options);
  return async (request) => {
    if ('text' in request) {
      const text = request.text.slice(0, longestText).toWellFormed();
      return unitVector(await texts(tokenizer([text], { padding: true, truncation: true })), 'text_embeds');
    }
    const picture = new transformers.RawImage(request.pixels, request.width, request.height, 3);
    return unitVector(await images(await processor([picture])), 'image_embeds');
  };
}

function unitVector(output: ModelOutput, name: string): Float32Array {
  const found = output[name];
  if (!found) throw new Error(`a model gives ${Object.keys(output).join(', ')}, not ${name}`);
  const vector = Float32Array.from(found.data);
  const length = Math.hypot(...vector);
  if (!(length > 0) || !Number.isFinite(length)) throw new Error(`${name} has no direction`);
  return vector.map((value) => value / length);
}

/** Embeds one text and one picture, so that a model that cannot is told before it is used. */
async function describe(embed: Embed): Promise<number> {
  try {
    const text = await embed({ text: 'red' });
    const picture = await embed({ pixels: new Uint8Array(32 * 32 * 3).fill(200), width: 32, height: 32 });
    if (text.length === picture.length) return text.length;
    throw new Error(`its texts have ${text.length} dimensions and its pictures ${picture.length}`);
  } catch (error) {
    const message = `The CLIP model cannot be used: ${firstLine(error)}; choose another`;
    throw new Unusable('parameters.folder', message);
  }
}

await serveModel<LoadedClip, ClipRequest, ClipAnswer>(async () => {
  const embed = await load(workerData as ClipSettings);
  return {
    loaded: { dimensions: await describe(embed) },
    // The end of the thread frees what the model holds.
    close: async () => {},
    async answer(request) {
      const vector = await embed(request);
      return { answer: { vector }, moved: [vector.buffer] };
    },
  };
});
