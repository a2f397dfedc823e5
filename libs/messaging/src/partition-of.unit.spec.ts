import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from './partition-of.ts';

/** Expected values from Kafka's own UtilsTest.testMurmur2. */
const known: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

describe('the partition of a key', () => {
  it("hashes like Kafka's Java client", () => {
    for (const [key, hash] of known) expect(murmur2(Buffer.from(key)) | 0, key).toBe(hash);
  });

  it('is the one that kafkajs chooses, for any key', () => {
    const partitionMetadata = Array.from({ length: 6 }, (_, partitionId) => ({ partitionId, leader: 0 }));
    const theirs = kafkajs.Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (key) => {
        const message = { key, value: null };
        const args = { topic: 'items.v1', partitionMetadata, message } as unknown as Parameters<typeof theirs>[0];
        expect(partitionOf(key, 6)).toBe(theirs(args));
      }),
    );
  });

  it('spreads Korean keys over all partitions', () => {
    const used = new Set(Array.from({ length: 200 }, (_, n) => partitionOf(`무선 마우스 ${n}`, 6)));
    expect([...used].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
