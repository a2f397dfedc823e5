// The thread that a cross-encoder runs in: one pair at a time, so that a score does not depend on its neighbors. Node
// starts it from src/ as it is: no syntax that needs more than stripping of types.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { RerankReply, RerankRequest, RerankSettings } from './rerank-messages.ts';

type Transformers = typeof import('@huggingface/transformers');
type Score = (query: string, text: string) => Promise<number>;

/** Characters that are looked at: far more than the tokens of any cross-encoder. */
const longestText = 32_768;
const port = parentPort as MessagePort;
const reply = (message: RerankReply) => port.postMessage(message);
const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
const canceled = new Set<number>();

async function load(settings: RerankSettings): Promise<Score> {
  const transformers = (await import(settings.package).catch((error: unknown) => {
    const way = `run npm install ${settings.package} onnxruntime-node`;
    throw {
      field: 'provider',
      message: `The package "${settings.package}" cannot be loaded (${firstLine(error)}); ${way}`,
    };
  })) as Transformers;
  try {
    return await loadModel(transformers, settings);
  } catch (error) {
    throw {
      field: 'parameters.folder',
      message: `The reranker cannot be loaded: ${firstLine(error)}; check its files`,
    };
  }
}

async function loadModel(transformers: Transformers, settings: RerankSettings): Promise<Score> {
  const { folder, dtype, threads, maxTokens } = settings;
  const { AutoTokenizer, AutoModelForSequenceClassification, env } = transformers;
  env.allowRemoteModels = false;
  env.useFSCache = false;
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  const model = await AutoModelForSequenceClassification.from_pretrained(folder, {
    dtype: dtype as 'fp32',
    device: 'cpu',
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  const most = Math.min(
    maxTokens ?? 512,
    Number.isFinite(tokenizer.model_max_length) ? tokenizer.model_max_length : 512,
  );
  return async (query, text) => {
    const cut = [query, text].map((one) => one.slice(0, longestText).toWellFormed());
    const options = { text_pair: [cut[1]!], padding: true, truncation: true, max_length: most };
    const { logits } = (await model(tokenizer([cut[0]!], options))) as { logits?: { data: ArrayLike<number> } };
    if (!logits) throw new Error('the model gives no logits: it is no classifier of pairs');
    return probability(Array.from(logits.data));
  };
}

/** Of the pair fitting: the sigmoid of the only logit, or the softmax of the second of two. */
function probability(logits: number[]): number {
  if (logits.length < 1 || logits.length > 2) throw new Error(`the model gives ${logits.length} logits, not 1 or 2`);
  const logit = logits.length === 1 ? logits[0]! : logits[1]! - logits[0]!;
  const score = 1 / (1 + Math.exp(-logit));
  if (!Number.isFinite(score)) throw new Error('its scores are not finite');
  return score;
}

async function answer(score: Score, id: number, query: string, texts: string[]): Promise<void> {
  const scores: number[] = [];
  for (const text of texts) {
    if (canceled.has(id)) break;
    scores.push(await score(query, text));
  }
  if (!canceled.delete(id)) reply({ id, scores });
}

try {
  const score = await load(workerData as RerankSettings);
  await score('red', 'blue').catch((error: unknown) => {
    const message = `The reranker cannot be used: ${firstLine(error)}; choose another`;
    throw { field: 'parameters.folder', message };
  });
  let last = Promise.resolve();
  port.on('message', (request: RerankRequest) => {
    if ('cancel' in request) {
      canceled.add(request.cancel);
      return;
    }
    const { id, query, texts } = request;
    last = last
      .then(() => answer(score, id, query, texts))
      .catch((error: unknown) => reply({ id, failed: firstLine(error) }));
  });
  reply({ ready: true });
} catch (error) {
  if (error instanceof Error) throw error;
  reply({ unusable: error as { field: string; message: string } });
  port.close();
}
