import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AskedField, fieldsThatPay } from './asked-fields.ts';

const asked = (field: string, week: number, month = week): AskedField => ({ field, week, month });

describe('fields that searches are filtered by', () => {
  it('pay from 200 searches a week on, and from one for a hundred rows', () => {
    expect(fieldsThatPay([asked('brand', 199)], [], 15_000)).toEqual([]);
    expect(fieldsThatPay([asked('brand', 200)], [], 15_000)).toEqual(['brand']);
    expect(fieldsThatPay([asked('brand', 999)], [], 100_000)).toEqual([]);
    expect(fieldsThatPay([asked('brand', 1_000)], [], 100_000)).toEqual(['brand']);
  });

  it('are the two that are asked for most', () => {
    const three = [asked('color', 300), asked('brand', 900), asked('categories', 500)];
    expect(fieldsThatPay(three, [], 10_000)).toEqual(['brand', 'categories']);
  });

  it('keep their graphs as long as they are asked a quarter as often, and are gone with their last search', () => {
    expect(fieldsThatPay([asked('brand', 0, 200)], ['brand'], 10_000)).toEqual(['brand']);
    expect(fieldsThatPay([asked('brand', 49, 199)], ['brand'], 10_000)).toEqual([]);
    expect(fieldsThatPay([], ['brand'], 10_000)).toEqual([]);
  });

  it('give way to what is asked twice as often', () => {
    const built = ['brand', 'color'];
    const rival = (week: number) =>
      fieldsThatPay([asked('brand', 300), asked('color', 900), asked('size', week)], built, 10_000);
    expect(rival(600).sort()).toEqual(['brand', 'color']);
    expect(rival(601).sort()).toEqual(['color', 'size']);
  });

  it('stay as chosen, whatever was asked', () => {
    const field = fc.record({ field: fc.constantFrom('a', 'b', 'c', 'd'), week: fc.nat(2_000), older: fc.nat(2_000) });
    const fields = fc.uniqueArray(field, { selector: (one) => one.field });
    fc.assert(
      fc.property(
        fields,
        fc.subarray(['a', 'b', 'c', 'd']),
        fc.integer({ min: 10_000, max: 300_000 }),
        (list, before, rows) => {
          const all = list.map(({ field, week, older }) => asked(field, week, week + older));
          const chosen = fieldsThatPay(all, before, rows);
          expect(fieldsThatPay(all, chosen, rows).sort()).toEqual(chosen.sort());
        },
      ),
    );
  });
});
