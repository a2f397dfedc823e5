import { KindredError } from '@kindred/contracts';

/** PCM, float, A-law, µ-law; and the tag that says the real one stands behind. */
const formats = [1, 3, 6, 7];
const extensible = 0xfffe;
const mostChannels = 32;

/**
 * Refuses headers that would have the decoder allocate more than the file holds: channels that do not fit into a block.
 * Layout: RIFF WAVE, "fmt " chunk (Multimedia Programming Interface 1.0, 1991, chapter 3).
 */
export function checkWavHeader(bytes: Uint8Array, field: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 24 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (view.getUint32(at) === 0x666d7420) {
      const tag = view.getUint16(at + 8, true);
      const format = tag === extensible && at + 34 <= bytes.length ? view.getUint16(at + 32, true) : tag;
      const channels = view.getUint16(at + 10, true);
      const block = view.getUint16(at + 20, true);
      const bits = view.getUint16(at + 22, true);
      const fits =
        channels > 0 && channels <= mostChannels && bits >= 8 && bits % 8 === 0 && block === (channels * bits) / 8;
      if (formats.includes(format) && fits) return;
      const message = `${field} is a WAV of a format that is not read; send PCM, float, A-law or µ-law with whole bytes`;
      throw new KindredError('MEDIA_UNREADABLE', field, message);
    }
    at += 8 + size + (size % 2);
  }
  throw new KindredError('MEDIA_UNREADABLE', field, `${field} is a WAV without a header; send a file that plays`);
}
