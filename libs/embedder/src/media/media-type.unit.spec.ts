import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clip, wav } from '../../../../test/support/clips.ts';
import { blots } from '../image/pictures.fake.spec.ts';
import { mediaTypeOf } from './media-type.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/clips/${name}`, import.meta.url));
const tagged = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x01\x00', 'latin1'), Buffer.alloc(128), bytes]);

describe('type of media', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('knows %s', async (format) => {
    expect(mediaTypeOf(await blots(1).toFormat(format).toBuffer())).toBe(format);
  });

  it('knows sounds, with and without a tag before them', () => {
    expect(mediaTypeOf(wav(clip(1)))).toBe('wav');
    expect(mediaTypeOf(fixture('clip-0.flac'))).toBe('flac');
    expect(mediaTypeOf(fixture('clip-0.mp3'))).toBe('mp3');
    expect(mediaTypeOf(tagged(fixture('clip-0.flac')))).toBe('flac');
    expect(mediaTypeOf(tagged(fixture('clip-0.mp3')))).toBe('mp3');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0xff])],
    ['SVG', Buffer.from('<svg/>')],
    ['HTML', Buffer.from('<!doctype html>')],
    ['PDF', Buffer.from('%PDF-1.7')],
    ['AVI', Buffer.from('RIFF\0\0\0\0AVI LIST')],
    ['MP4', Buffer.from('\0\0\0\x20ftypisom')],
    ['UTF-16 text', Buffer.from('\ufeff구두', 'utf16le')],
    ['AAC', Buffer.from([0xff, 0xf1, 0x50, 0x80])],
  ])('does not know %s', (_name, bytes) => {
    expect(mediaTypeOf(bytes)).toBeUndefined();
  });
});
