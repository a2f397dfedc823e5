import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toParameter, vectorArrayBytes, vectorBytes } from './parameters.ts';
import { typeParsers } from './type-parsers.ts';

const parse = (oid: number, text: unknown) => typeParsers.getTypeParser(oid, 'text')(text as string);
const textArray = 1009;

describe('parameters', () => {
  it('write an array of any text so that it is read back the same', () => {
    const texts = fc.array(fc.option(fc.string({ unit: 'binary' })), { maxLength: 20 });
    fc.assert(
      fc.property(texts, (list) => {
        expect(parse(textArray, toParameter(list))).toEqual(list);
      }),
    );
  });

  it('write an array of bytes so that it is read back the same', () => {
    const blobs = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 });
    fc.assert(
      fc.property(blobs, (list) => {
        // The server prints the bytes of an array in the form that they are sent in.
        expect(parse(1001, toParameter(list))).toEqual(list.map((bytes) => Buffer.from(bytes)));
      }),
    );
  });

  it('write nested arrays, and leave what looks like NULL a text', () => {
    const nested = [
      ['무선', null],
      ['NULL', '{a,"b"}'],
    ];
    expect(toParameter(nested)).toBe('{{"무선",NULL},{"NULL","{a,\\"b\\"}"}}');
    expect(parse(textArray, toParameter(nested))).toEqual(nested);
  });

  it('keep every number exact', () => {
    expect(toParameter(2n ** 62n)).toBe('4611686018427387904');
    expect(toParameter(0.1 + 0.2)).toBe('0.30000000000000004');
    expect(toParameter(Number.NaN)).toBe('NaN');
    expect(toParameter(undefined)).toBeNull();
  });

  it('refuse what has no form in SQL', () => {
    expect(() => toParameter({ a: 1 })).toThrow('Send JSON as a string');
    expect(() => toParameter(new Float32Array(2))).toThrow('Database.vector()');
    expect(() => toParameter(() => 1)).toThrow(TypeError);
  });

  it('write vectors in the binary form of pgvector', () => {
    expect(vectorBytes(Float32Array.of(1, -2)).toString('hex')).toBe('000200003f800000c0000000');
    const list = vectorArrayBytes([Float32Array.of(1), Float32Array.of(2)], 77);
    const header = ['00000001', '00000000', '0000004d', '00000002', '00000001'];
    const elements = ['00000008', '00010000', '3f800000', '00000008', '00010000', '40000000'];
    expect(list.toString('hex')).toBe([...header, ...elements].join(''));
    expect(vectorArrayBytes([], 77).toString('hex')).toBe('00000000000000000000004d');
  });
});
