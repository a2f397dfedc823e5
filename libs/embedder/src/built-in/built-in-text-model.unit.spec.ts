import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedTexts } from '../embedding-model.ts';
import { describeModel, cosine as dot } from '../model-contract.fake.spec.ts';
import { builtInTextModel } from './built-in-text-model.ts';

const model = await builtInTextModel();
const vectorOf = async (text: string) => (await embedTexts(model, [text], 'document'))[0]!;
const similarity = async (left: string, right: string) => dot(await vectorOf(left), await vectorOf(right));

describeModel('the built-in text model', builtInTextModel, [
  { kind: 'text', text: 'wireless headphones' },
  { kind: 'text', text: '무선 헤드폰' },
  { kind: 'text', text: 'garden chair' },
]);

describe('built-in text model', () => {
  it('names itself and the files and parameters it was made of', () => {
    expect(model.identity).toEqual({
      name: 'kindred-text',
      version: '2',
      provider: 'built-in',
      dimensions: 512,
      dtype: 'float32',
      artifactHash: '21971aaaabc27541a8187c7b1ac67a1830cbc27f325de4f8f9dda716ea904714',
    });
  });

  it.each([
    ['Sony WH-1000XM5 wireless headphones, black', 'ed5e01e4e4e79940'],
    ['red red shoe for red feet', 'b2b1ff400e6be7da'],
    ['무선 헤드폰을 찾습니다', '7234bf566b56bbe0'],
    ['Crème brûlée 20°C Intel® Core™2', '2fa61fe5afe2338a'],
    ['갤럭시S24 울트라 東京タワー Москва 🐱🐱', '1530983ca9c6363e'],
    ['internationalization '.repeat(300), 'a03141615b7ff6b4'],
  ])('gives the vector of %j to the bit, as long as its version is 2', async (text, hash) => {
    const vector = await vectorOf(text);
    expect(createHash('sha256').update(new Uint8Array(vector.buffer)).digest('hex').slice(0, 16)).toBe(hash);
  });

  it('keeps a character that two halves became apart from the same character of another script', async () => {
    const halves = '\ud800\u0301\udc00';
    const before = await vectorOf(halves);
    await vectorOf('\u{10000}');
    expect(await vectorOf(halves)).toEqual(before);
    expect(await vectorOf('\u{10000}')).not.toEqual(before);
  });

  it('puts related texts nearer than unrelated ones', async () => {
    expect(await similarity('wireless headphones', 'bluetooth headset')).toBeGreaterThan(
      await similarity('wireless headphones', 'garden chair'),
    );
    expect(await similarity('a cat sleeps', 'a kitten is napping')).toBeGreaterThan(
      await similarity('a cat sleeps', 'stock prices fell'),
    );
  });

  it('finds Korean words behind particles, which an English model cannot', async () => {
    expect(await similarity('무선 헤드폰', '블루투스 헤드폰을 찾습니다')).toBeGreaterThan(
      await similarity('무선 헤드폰', '정원 의자를 찾습니다'),
    );
    expect(await similarity('서울대학교', '서울대학교에서')).toBeGreaterThan(0.6);
  });

  it('takes composed and decomposed Hangul for the same text', async () => {
    expect(await similarity('가방', '가방'.normalize('NFD'))).toBeCloseTo(1, 5);
  });

  it('forgives a typing error', async () => {
    expect(await similarity('keyboard', 'keybord')).toBeGreaterThan(await similarity('keyboard', 'monitor'));
  });

  it('embeds emoji', async () => {
    expect(await similarity('🐱', 'a cat 🐱')).toBeGreaterThan(await similarity('🐱', 'a cat 🚗'));
  });

  it('is not confused by trademark signs', async () => {
    expect(await similarity('Intel® Core™2 Duo', 'intel core 2 duo')).toBeCloseTo(1, 5);
  });

  it.each(['', ' \n\t', '...!?', '\u200b', '\ud800'])('gives zeros for %j, which has no word', async (text) => {
    expect(await vectorOf(text)).toEqual(new Float32Array(model.identity.dimensions));
  });

  it.each([
    ['one endless word', 'x'.repeat(1_000_000)],
    ['one endless Korean word', '가나다라'.repeat(250_000)],
    ['many words', 'lorem ipsum dolor '.repeat(60_000)],
  ])('embeds %s', async (_name, text) => {
    const vector = await vectorOf(text);
    expect(dot(vector, vector)).toBeCloseTo(1, 4);
  });

  it('lets other tasks run during a long batch', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await embedTexts(model, new Array<string>(4_000).fill('a fairly long title of some product, and more'), 'document');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('stops when the signal is aborted', async () => {
    await expect(embedTexts(model, ['a'], 'query', AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('has length 1 or 0, finite values, and does not depend on order or neighbors', { timeout: 30_000 }, async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc
        .array(fc.constantFrom('red', 'shoe', '빨간', '구두를', '靴', 'обувь', '👟', '42', '!'), { maxLength: 40 })
        .map((words) => words.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), async (texts) => {
        const together = await embedTexts(model, texts, 'document');
        const reversed = await embedTexts(model, [...texts].reverse(), 'query');
        expect(reversed.reverse()).toEqual(together);
        for (const vector of together) {
          const squares = dot(vector, vector);
          expect(squares === 0 || Math.abs(squares - 1) < 1e-4).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
