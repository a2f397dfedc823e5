// Runs in a worker thread: Node starts it from src/ as it is, so no syntax that needs more than stripping of types.
import type { PreTrainedModel, PreTrainedTokenizer } from '@huggingface/transformers';
import { firstLine } from '../threads/first-line.ts';
import { loadTransformers, type ModelOutput, type Transformers } from '../threads/load-transformers.ts';
import { Unusable } from '../threads/unusable.ts';
import type { LoadedModel, ThreadSettings } from './onnx-messages.ts';
import { poolTokens } from './pool-tokens.ts';

/** Characters of a text that are looked at, per token that is kept: the rest cannot matter and costs time. */
const charactersPerToken = 32;
/** Model types whose positions start behind the padding token's. */
const shiftedPositions = ['roberta', 'xlm-roberta', 'camembert', 'mpnet'];
/** Two texts far apart in length and words: what quantization of activations mixes up most. */
const probes = ['a', 'The quick brown fox jumps over the lazy dog. 다람쥐 헌 쳇바퀴에 타고파 0123456789'];

/** A tokenizer and a model on one core. */
export class OnnxSession {
  readonly #transformers: Transformers;
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #model: PreTrainedModel;
  readonly #settings: ThreadSettings;
  #maxTokens = 0;

  private constructor(
    transformers: Transformers,
    tokenizer: PreTrainedTokenizer,
    model: PreTrainedModel,
    settings: ThreadSettings,
  ) {
    this.#transformers = transformers;
    this.#tokenizer = tokenizer;
    this.#model = model;
    this.#settings = settings;
  }

  static async load(settings: ThreadSettings): Promise<OnnxSession> {
    const transformers = await loadTransformers(settings.package);
    const { env } = transformers;
    env.logLevel = transformers.LogLevel.NONE;
    env.allowRemoteModels = settings.download !== undefined;
    env.useFSCache = settings.download !== undefined;
    if (settings.download) {
      env.localModelPath = env.cacheDir = settings.download.into;
      if (settings.download.hubAddress) env.remoteHost = settings.download.hubAddress;
    }
    try {
      const tokenizer = await transformers.AutoTokenizer.from_pretrained(settings.model);
      const model = await transformers.AutoModel.from_pretrained(settings.model, {
        dtype: settings.dtype,
        device: 'cpu',
        session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
      });
      return new OnnxSession(transformers, tokenizer, model, settings);
    } catch (error) {
      // A hub that is away may be back; all else is wrong with the files.
      if (settings.download && /fetch failed|terminated/.test(firstLine(error))) throw error;
      throw new Unusable('parameters.folder', `the model "${settings.model}" cannot be loaded: ${firstLine(error)}`);
    }
  }

  /** Checks that the model does what the parameters ask of it. */
  async describe(): Promise<LoadedModel> {
    const most = this.#mostTokens();
    const { maxTokens = most } = this.#settings;
    if (maxTokens > most) {
      throw new Unusable('parameters.maxTokens', `the model takes ${most} tokens, not ${maxTokens}; ask for fewer`);
    }
    this.#maxTokens = maxTokens;
    try {
      return { maxTokens, ...(await this.#probe()) };
    } catch (error) {
      if (error instanceof Unusable) throw error;
      throw new Unusable('parameters.folder', `the model "${this.#settings.model}" does not run: ${firstLine(error)}`);
    }
  }

  async #probe(): Promise<Pick<LoadedModel, 'dimensions' | 'batches'>> {
    const tokens = this.#ids(probes).map((ids) => Int32Array.from(ids));
    const together = await this.#run(tokens);
    const dimensions = together.length / probes.length;
    let batches = true;
    for (const [at, each] of tokens.entries()) {
      const alone = await this.#run([each]);
      const same = alone.reduce((sum, value, index) => sum + value * together[at * dimensions + index]!, 0);
      if (!Number.isFinite(same))
        throw new Unusable('parameters.dtype', 'its vectors are not finite; choose another dtype');
      if (same < 1 - 1e-6) batches = false;
    }
    return { dimensions, batches };
  }

  /** Token ids of each text; none for a text without any token of its own. */
  tokenize(texts: readonly string[]): Int32Array[] {
    const special = new Set(this.#tokenizer.all_special_ids);
    return this.#ids(texts).map((ids) =>
      Int32Array.from(ids.every((id) => special.has(id)) ? [] : this.#shortened(ids, special)),
    );
  }

  #ids(texts: readonly string[]): number[][] {
    const longest = this.#maxTokens * charactersPerToken;
    const cut = texts.map((text) => text.slice(0, longest).toWellFormed());
    return this.#tokenizer(cut, { return_tensor: false }).input_ids;
  }

  /** The vectors of texts, one after the other; computed together or each alone. */
  async embed(texts: readonly Int32Array[], together: boolean): Promise<Float32Array> {
    if (together || texts.length === 1) return this.#run(texts);
    const vectors: Float32Array[] = [];
    for (const text of texts) vectors.push(await this.#run([text]));
    const flat = new Float32Array(texts.length * vectors[0]!.length);
    for (const [at, vector] of vectors.entries()) flat.set(vector, at * vector.length);
    return flat;
  }

  async #run(texts: readonly Int32Array[]): Promise<Float32Array> {
    const { Tensor } = this.#transformers;
    const lengths = texts.map((ids) => ids.length);
    const tokens = Math.max(...lengths);
    const shape = [texts.length, tokens];
    const ids = new BigInt64Array(texts.length * tokens).fill(BigInt(this.#tokenizer.pad_token_id ?? 0));
    const mask = new BigInt64Array(ids.length);
    for (const [at, text] of texts.entries()) {
      ids.set(BigInt64Array.from(text, BigInt), at * tokens);
      mask.fill(1n, at * tokens, at * tokens + text.length);
    }
    const output: ModelOutput = await this.#model({
      input_ids: new Tensor('int64', ids, shape),
      attention_mask: new Tensor('int64', mask, shape),
    });
    const vectors = output.last_hidden_state ?? output.token_embeddings;
    if (vectors?.dims.length !== 3) {
      const outputs = Object.keys(output).join(', ');
      throw new Unusable(
        'parameters.folder',
        `the model gives ${outputs}, not one vector per token (last_hidden_state)`,
      );
    }
    return poolTokens({ values: vectors.data, tokens, dimensions: vectors.dims[2]! }, lengths, this.#settings.pooling);
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }

  /** Cut to the most that is kept, with the marks that end a text. */
  #shortened(ids: number[], special: Set<number>): number[] {
    if (ids.length <= this.#maxTokens) return ids;
    const end = ids.slice(ids.findLastIndex((id) => !special.has(id)) + 1);
    return [...ids.slice(0, this.#maxTokens - end.length), ...end];
  }

  #mostTokens(): number {
    const config = this.#model.config as unknown as {
      max_position_embeddings?: number;
      model_type?: string;
      pad_token_id?: number;
    };
    const shift = shiftedPositions.includes(config.model_type ?? '') ? (config.pad_token_id ?? 1) + 1 : 0;
    const positions = (config.max_position_embeddings ?? Number.POSITIVE_INFINITY) - shift;
    const most = Math.min(positions, this.#tokenizer.model_max_length);
    return Number.isFinite(most) ? Math.min(most, 32_768) : 512;
  }
}
