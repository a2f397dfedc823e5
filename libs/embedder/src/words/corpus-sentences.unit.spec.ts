import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SentenceUnit, sentencesOf } from './corpus-sentences.ts';
import { firstBadByte } from './first-bad-byte.ts';

const file = (...chunks: (string | number[])[]) => ({
  name: 'a.txt',
  chunks: chunks.map((chunk) => Buffer.from(chunk as string)),
});
async function read(unit: SentenceUnit, ...chunks: (string | number[])[]): Promise<string[]> {
  const sentences: string[] = [];
  for await (const sentence of sentencesOf([file(...chunks)], unit)) sentences.push(sentence);
  return sentences;
}

describe('sentencesOf', () => {
  it('gives lines, whatever ends them', async () => {
    expect(await read('line', 'one\r\ntwo\n\nthr', 'ee')).toEqual(['one', 'two', '', 'three']);
  });

  it('joins the lines of a paragraph', async () => {
    const paragraphs = await read('paragraph', 'Call me\nIshmael.\n\n\nSome years\nago', '');
    expect(paragraphs.map((text) => text.trim())).toEqual(['Call me Ishmael.', 'Some years ago']);
  });

  it('cuts a line without an end at a space', async () => {
    const lines = await read('line', 'word '.repeat(40_000));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('').match(/word/g)).toHaveLength(40_000);
  });

  it('names file and byte of what is not UTF-8, across chunks', async () => {
    const bytes = [...Buffer.from('영화 '), 0xc0, 0xaf];
    for (let cut = 0; cut <= bytes.length; cut++) {
      await expect(read('line', bytes.slice(0, cut), bytes.slice(cut))).rejects.toMatchObject({
        code: 'CORPUS_INVALID',
        message: 'a.txt: byte 7 is not UTF-8; save the file as UTF-8',
      });
    }
  });

  it('refuses a character that the end of the file cuts', async () => {
    await expect(read('line', [...Buffer.from('ab왕')].slice(0, 4))).rejects.toThrow('a.txt: byte 2 is not UTF-8');
  });

  it('refuses a NUL', async () => {
    await expect(read('line', 'ab', 'c\0d')).rejects.toThrow('a.txt: byte 3 is a NUL');
  });
});

describe('firstBadByte', () => {
  it('finds none in any text, and one wherever a decoder does', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const decodes = (bytes: Uint8Array) => {
      try {
        decoder.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 6 }), (text, bytes) => {
        const mixed = Buffer.concat([Buffer.from(text), bytes]);
        const bad = firstBadByte(mixed);
        expect(bad === mixed.length).toBe(decodes(mixed));
        expect(decodes(mixed.subarray(0, bad))).toBe(true);
      }),
    );
  });
});
