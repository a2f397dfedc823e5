// A cross-encoder as transformers.js expects it: its logit is the number of words that both texts have, less 1.5.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bytes,
  marks,
  message,
  node,
  number,
  special,
  text,
  tokenizer,
  value,
  vocabulary,
} from '../onnx/tiny-onnx-model.fake.spec.ts';

export interface TinyCrossEncoder {
  modelFolder: string;
  /** The model's own folder below it. */
  path: string;
  remove(): Promise<void>;
}

export async function writeTinyCrossEncoder({ logits = 1 } = {}): Promise<TinyCrossEncoder> {
  const modelFolder = await mkdtemp(join(tmpdir(), 'kindred-rerankers-'));
  const path = join(modelFolder, 'tiny');
  await mkdir(join(path, 'onnx'), { recursive: true });
  const json = (name: string, content: unknown) => writeFile(join(path, name), JSON.stringify(content));
  await json('config.json', { model_type: 'bert', max_position_embeddings: 64, pad_token_id: 0, num_labels: logits });
  await json('tokenizer_config.json', { tokenizer_class: 'BertTokenizer', model_max_length: 48, ...marks() });
  await json('tokenizer.json', pairTokenizer());
  await writeFile(join(path, 'onnx/model.onnx'), graph(logits));
  return { modelFolder, path, remove: () => rm(modelFolder, { recursive: true, force: true }) };
}

function pairTokenizer() {
  const { post_processor, ...rest } = tokenizer();
  const mark = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const pair = [mark('[CLS]', 0), sequence('A', 0), mark('[SEP]', 0), sequence('B', 1), mark('[SEP]', 1)];
  return { ...rest, post_processor: { ...post_processor, pair } };
}

/** onnx.proto3: the words of each side are counted, and their counts multiplied. */
function graph(logits: number): Uint8Array {
  const nodes = [
    node('Gather', ['table', 'input_ids'], ['words']),
    node('Cast', ['token_type_ids'], ['second']),
    node('Sub', ['one', 'second'], ['first']),
    ...['first', 'second'].flatMap((side) => [
      node('Unsqueeze', [side, 'middle'], [`${side}_row`]),
      node('MatMul', [`${side}_row`, 'words'], [`${side}_counts`]),
    ]),
    node('Mul', ['first_counts', 'second_counts'], ['shared']),
    node('MatMul', ['shared', 'ones'], ['sum']),
    node('Squeeze', ['sum', 'middle'], ['count']),
    node('Sub', ['count', 'bias'], ['logits']),
  ];
  nodes[1] = castToFloat();
  const size = vocabulary.length;
  const table = new Float32Array(size * size);
  for (let at = special.length; at < size; at++) table[at * size + at] = 1;
  // Of two logits the first stays at 0, the second is the score.
  const ones = Float32Array.from({ length: size * logits }, (_, at) => (at % logits === logits - 1 ? 1 : 0));
  const bias = Float32Array.from({ length: logits }, (_, at) => (at === logits - 1 ? 1.5 : 0));
  const body = message((writer) => {
    for (const each of nodes) bytes(writer, 1, each);
    text(writer, 2, 'tiny');
    bytes(writer, 5, tensor('table', [size, size], table));
    bytes(writer, 5, tensor('one', [1], Float32Array.of(1)));
    bytes(writer, 5, tensor('ones', [size, logits], ones));
    bytes(writer, 5, tensor('bias', [logits], bias));
    bytes(writer, 5, tensor('middle', [1], BigInt64Array.of(1n)));
    for (const name of ['input_ids', 'attention_mask', 'token_type_ids']) {
      bytes(writer, 11, value(name, 7, ['batch', 'sequence']));
    }
    bytes(writer, 12, value('logits', 1, ['batch', logits]));
  });
  const opset = message((writer) => number(writer, 2, 17));
  return message((writer) => {
    number(writer, 1, 8);
    bytes(writer, 7, body);
    bytes(writer, 8, opset);
  });
}

function castToFloat(): Uint8Array {
  const to = message((writer) => {
    text(writer, 1, 'to');
    number(writer, 3, 1);
    number(writer, 20, 2);
  });
  return message((writer) => {
    text(writer, 1, 'token_type_ids');
    text(writer, 2, 'second');
    text(writer, 4, 'Cast');
    bytes(writer, 5, to);
  });
}

function tensor(name: string, shape: number[], values: Float32Array | BigInt64Array): Uint8Array {
  return message((writer) => {
    for (const size of shape) number(writer, 1, size);
    number(writer, 2, values instanceof Float32Array ? 1 : 7);
    text(writer, 8, name);
    bytes(writer, 9, new Uint8Array(values.buffer));
  });
}
