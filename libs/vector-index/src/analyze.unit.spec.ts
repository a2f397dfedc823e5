import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from './analyze.ts';

describe('the analyzer', () => {
  it.each([
    ['Wireless Mouse, black!', ['wireless', 'mous', 'black']],
    ['phones and boxes of batteries', ['phon', 'and', 'box', 'of', 'batteri']],
    ["O'Reilly's charger’s plug", ['o', 'reilli', 'charger', 'plug']],
    ['charging charged chargers', ['charg', 'charg', 'charger']],
    ['i5-8250U 12.5 USB3', ['i5', '8250u', '12', '5', 'usb3']],
    ['Cafe\u0301 CAFÉ', ['café', 'café']],
    ['١٢٣ ०९ 241e1sb', ['123', '09', '241e1', 'sb']],
    ['ＷＩＤＥ ½', ['wide', '1', '2']],
  ])('splits %j into words', (text, terms) => {
    expect(analyze(text)).toEqual(terms);
  });

  it.each([
    ['무선 마우스', ['무선', '마우', '우스']],
    ['책', ['책']],
    ['LG전자5G폰', ['lg', '전자', '5g', '폰']],
    ['東京タワー', ['東京', '京タ', 'タワ', 'ワー']],
    ['\u1112\u1161\u11ab\u1100\u116e\u11a8', ['한국']],
    ['𠀀𠀁𠀂', ['𠀀𠀁', '𠀁𠀂']],
  ])('cuts %j into character pairs', (text, terms) => {
    expect(analyze(text)).toEqual(terms);
  });

  it('finds nothing to search in emoji, punctuation and white space', () => {
    expect(analyze(' 🖱️👩‍👩‍👧 … \u0000\n-- ')).toEqual([]);
  });

  it('gives the same stem to the singular and the plural', () => {
    for (const [one, many] of [
      ['battery', 'batteries'],
      ['glass', 'glass'],
      ['watch', 'watches'],
      ['case', 'cases'],
      ['cache', 'caches'],
      ['drive', 'driving'],
      ['stop', 'stopped'],
    ] as const) {
      expect(analyze(many)).toEqual(analyze(one));
    }
  });

  it('makes terms of letters and digits only, none of them long, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const term of analyze(text)) expect(term).toMatch(/^[\p{L}0-9]{1,64}$/u);
      }),
    );
  });
});
