import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { impressionBit, type JudgedEvent, judgedItems, kindBits } from './judged-items.ts';

const event = fc.record({
  item_id: fc.constantFrom('a', 'b', '무선 마우스'),
  strength: fc.constantFrom(-1, -0.5, 0, 0.1, 1),
  kind: fc.constantFrom(...Object.values(kindBits), impressionBit),
  at: fc.integer({ min: 0, max: 1_000 }),
});
const byId = (events: readonly JudgedEvent[]) =>
  judgedItems(events, 500).toSorted((left, right) => (left.item_id < right.item_id ? -1 : 1));

describe('judgedItems', () => {
  it('says the same in any order, and however often an event that is no impression is told', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const [judged, turned] = [byId(events), byId([...events].reverse())];
        expect(turned).toEqual(judged);
        const seen = events.filter(({ kind }) => kind !== impressionBit);
        const again = byId([...events, ...seen]);
        expect(again).toEqual(judged);
      }),
    );
  });

  it('lets one event against an item outweigh all for it', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        for (const { item_id, strength } of judgedItems(events, 0)) {
          const own = events.filter((one) => one.item_id === item_id).map((one) => one.strength);
          expect(strength < 0).toBe(own.some((one) => one < 0));
          expect(strength).toBe(strength < 0 ? Math.min(...own) : Math.max(...own));
        }
      }),
    );
  });
});
