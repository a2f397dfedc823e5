import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pythonWith, runPython } from '../../../../test/support/python.ts';
import { readWordFile, type WordFileFormat, writeWordFile } from './word-files.ts';
import { WordModel } from './word-model.ts';

const python = pythonWith('gensim');
const words = ['king', 'queen', '영화', '배우들이', 'café', '🐱', '_'];
const vectors = Float32Array.from({ length: words.length * 5 }, (_, at) => Math.sin(at + 1) * 10 ** ((at % 9) - 4));
const model = new WordModel({ dimensions: 5, words, vectors });

/** Reads a file as gensim does, and writes its words and the bits of its vectors. */
const read = `
import json, sys
from gensim.models import KeyedVectors
kv = KeyedVectors.load_word2vec_format(sys.argv[1], binary=sys.argv[2] == 'binary')
print(json.dumps({'words': kv.index_to_key, 'bytes': kv.vectors.astype('<f4').tobytes().hex()}))`;

/** Trains and saves as gensim does. */
const write = `
import json, sys
from gensim.models import FastText, Word2Vec
sentences = [['왕이', '왕관을', '썼다'], ['queen', 'wore', 'a', 'crown']] * 20
kind = FastText if sys.argv[2] == 'fasttext' else Word2Vec
model = kind(sentences, vector_size=12, min_count=1, epochs=1, **({'bucket': 100} if kind is FastText else {}))
model.wv.save_word2vec_format(sys.argv[1], binary=sys.argv[2] == 'binary')
near = [word for word, _ in model.wv.most_similar('queen', topn=3)]
print(json.dumps({'words': model.wv.index_to_key, 'bytes': model.wv.vectors.astype('<f4').tobytes().hex(), 'near': near}))`;

interface Answer {
  words: string[];
  bytes: string;
  near: string[];
}

describe.skipIf(!python)('files of gensim', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-gensim-'));
  const file = join(folder, 'vectors');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (script: string, kind: string) => JSON.parse(runPython(python!, script, [file, kind])) as Answer;

  it.each<[WordFileFormat, string]>([
    ['word2vec-text', 'text'],
    ['fasttext-vec', 'text'],
    ['word2vec-binary', 'binary'],
  ])('gensim reads %s that was written here, bit by bit', (format, kind) => {
    writeFileSync(file, Buffer.concat([...writeWordFile(model, format)]));
    expect(run(read, kind)).toEqual({ words, bytes: Buffer.from(vectors.buffer).toString('hex') });
  });

  it.each<[WordFileFormat, string]>([
    ['word2vec-text', 'text'],
    ['fasttext-vec', 'fasttext'],
    ['word2vec-binary', 'binary'],
  ])('%s that gensim wrote is read here, with the same neighbors', async (format, kind) => {
    const written = run(write, kind);
    const readBack = await readWordFile([readFileSync(file)], format);
    expect(readBack.parts.words).toEqual(written.words);
    const theirs = new Float32Array(new Uint8Array(Buffer.from(written.bytes, 'hex')).buffer);
    readBack.parts.vectors.forEach((value, at) => void expect(value).toBeCloseTo(theirs[at]!, 6));
    expect(readBack.similar('queen', 3).map(({ word }) => word)).toEqual(written.near);
  });
});
