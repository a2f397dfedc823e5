import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf } from './batches-of.ts';

async function* of<Element>(elements: Element[], pauseAfter = -1) {
  for (const [index, element] of elements.entries()) {
    yield element;
    if (index === pauseAfter) await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function collect<Element>(batches: AsyncIterable<Element[]>): Promise<Element[][]> {
  const collected: Element[][] = [];
  for await (const batch of batches) collected.push(batch);
  return collected;
}

describe('batchesOf', () => {
  it('keeps every element once, in order, in batches of at most the size asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 7 }), async (elements, most) => {
        const batches = await collect(batchesOf(of(elements), most, 1_000));
        expect(batches.flat()).toEqual(elements);
        expect(batches.every((batch) => batch.length >= 1 && batch.length <= most)).toBe(true);
      }),
    );
  });

  it('does not wait for a slow sender longer than the linger time', async () => {
    const batches = await collect(batchesOf(of([1, 2, 3], 1), 100, 5));
    expect(batches).toEqual([[1, 2], [3]]);
  });
});
