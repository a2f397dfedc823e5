// A model folder as transformers.js expects it, with a few kilobytes of seeded weights: real files for a real runtime.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

const words = [
  'red',
  'shoe',
  'blue',
  'bag',
  'a',
  'query',
  'passage',
  ':',
  '빨간',
  '구두',
  '파란',
  '가방',
  '##을',
  '##를',
  '.',
];
export const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
export const vocabulary = [...special, ...words];
export const tinyDimensions = 16;

export interface TinyModel {
  /** Folder of models; the model's own is "tiny" in it. */
  modelFolder: string;
  remove(): Promise<void>;
}

export interface TinyOptions {
  folder?: string;
  /** File that the graph goes to, without ".onnx". */
  file?: string;
  /** Quantizes what it computes by the batch's range, as int8 models do. */
  quantized?: boolean;
  /** Divides by zero: every vector is NaN. */
  notANumber?: boolean;
}

export async function writeTinyModel(options: TinyOptions = {}): Promise<TinyModel> {
  const { folder = 'tiny', file = 'model' } = options;
  const modelFolder = await mkdtemp(join(tmpdir(), 'kindred-models-'));
  const path = join(modelFolder, folder);
  await mkdir(join(path, 'onnx'), { recursive: true });
  const json = (name: string, value: unknown) => writeFile(join(path, name), JSON.stringify(value));
  await json('config.json', {
    model_type: 'bert',
    hidden_size: tinyDimensions,
    max_position_embeddings: 64,
    pad_token_id: 0,
  });
  await json('tokenizer_config.json', { tokenizer_class: 'BertTokenizer', model_max_length: 32, ...marks() });
  await json('tokenizer.json', tokenizer());
  await writeFile(join(path, 'onnx', `${file}.onnx`), graph(options));
  return { modelFolder, remove: () => rm(modelFolder, { recursive: true, force: true }) };
}

export function marks() {
  const [pad_token, unk_token, cls_token, sep_token, mask_token] = special;
  return { pad_token, unk_token, cls_token, sep_token, mask_token };
}

export function tokenizer() {
  const mark = (content: string) => ({ SpecialToken: { id: content, type_id: 0 } });
  const ids = (content: string) => [content, { id: content, ids: [vocabulary.indexOf(content)], tokens: [content] }];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: false,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [mark('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, mark('[SEP]')],
      pair: [],
      special_tokens: Object.fromEntries([ids('[CLS]'), ids('[SEP]')]),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}

/** Numbers of fields: onnx.proto3 of the ONNX specification, IR version 8. */
function graph({ quantized, notANumber }: TinyOptions): Uint8Array {
  const nodes = [node('Gather', ['table', 'input_ids'], ['gathered'])];
  if (quantized) {
    nodes.push(node('DynamicQuantizeLinear', ['gathered'], ['bytes', 'scale', 'zero']));
    nodes.push(node('DequantizeLinear', ['bytes', 'scale', 'zero'], ['computed']));
  } else nodes.push(node('Identity', ['gathered'], ['computed']));
  if (notANumber) {
    nodes.push(node('Sub', ['computed', 'computed'], ['nothing']));
    nodes.push(node('Div', ['nothing', 'nothing'], ['last_hidden_state']));
  } else nodes.push(node('Identity', ['computed'], ['last_hidden_state']));
  const body = message((writer) => {
    for (const each of nodes) bytes(writer, 1, each);
    text(writer, 2, 'tiny');
    bytes(writer, 5, table());
    for (const name of ['input_ids', 'attention_mask']) bytes(writer, 11, value(name, 7, ['batch', 'sequence']));
    bytes(writer, 12, value('last_hidden_state', 1, ['batch', 'sequence', tinyDimensions]));
  });
  return message((writer) => {
    number(writer, 1, 8);
    bytes(writer, 7, body);
    bytes(
      writer,
      8,
      message((opset) => number(opset, 2, 17)),
    );
  });
}

/** Seeded: each row another direction; larger rows last, so that a batch's range differs from a text's. */
function table(): Uint8Array {
  const values = Float32Array.from({ length: vocabulary.length * tinyDimensions }, (_, at) => {
    const row = Math.floor(at / tinyDimensions);
    return Math.sin(at * at * 12.9898 + row) * (1 + row / 4);
  });
  return message((writer) => {
    number(writer, 1, vocabulary.length);
    number(writer, 1, tinyDimensions);
    number(writer, 2, 1);
    text(writer, 8, 'table');
    bytes(writer, 9, new Uint8Array(values.buffer));
  });
}

export const node = (type: string, inputs: string[], outputs: string[]) =>
  message((writer) => {
    for (const input of inputs) text(writer, 1, input);
    for (const output of outputs) text(writer, 2, output);
    text(writer, 4, type);
  });

export const value = (name: string, type: number, shape: (string | number)[]) => {
  const dimensions = message((writer) => {
    for (const size of shape) {
      bytes(
        writer,
        1,
        message((one) => (typeof size === 'number' ? number(one, 1, size) : text(one, 2, size))),
      );
    }
  });
  const tensor = message((writer) => {
    number(writer, 1, type);
    bytes(writer, 2, dimensions);
  });
  return message((writer) => {
    text(writer, 1, name);
    bytes(
      writer,
      2,
      message((kind) => bytes(kind, 1, tensor)),
    );
  });
};

export function message(write: (writer: BinaryWriter) => unknown): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}
export const number = (writer: BinaryWriter, field: number, of: number) => writer.tag(field, WireType.Varint).int64(of);
export const text = (writer: BinaryWriter, field: number, of: string) =>
  writer.tag(field, WireType.LengthDelimited).string(of);
export const bytes = (writer: BinaryWriter, field: number, of: Uint8Array) =>
  writer.tag(field, WireType.LengthDelimited).bytes(of);
