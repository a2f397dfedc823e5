import { ErrorDetail } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { refusedRow } from './refused-row.ts';

const mapping = new Map([
  ['금액', 'value'],
  ['가격', 'price'],
  ['memo', null],
]);
const refused = (field: string, message: string) => refusedRow(7, ErrorDetail.fromPartial({ field, message }), mapping);

describe('A row that the server refused', () => {
  it('is told by its column, once', () => {
    expect(
      refused('interactions[12].value', 'interactions[12].value is -3; of a purchase it is the amount paid'),
    ).toEqual({
      line: 7,
      field: '금액',
      reason: 'is -3; of a purchase it is the amount paid',
    });
    expect(refused('item.price', 'item.price: Too small')).toEqual({ line: 7, field: '가격', reason: 'Too small' });
  });

  it('is told by the field that no column was mapped to, or as a whole', () => {
    expect(refused('item.attributes.color', 'The color is none')).toMatchObject({
      field: 'attributes.color',
      reason: 'The color is none',
    });
    expect(refused('', 'The person was erased')).toMatchObject({ field: '', reason: 'The person was erased' });
    expect(refusedRow(7, undefined, mapping)).toEqual({ line: 7, field: '', reason: 'was refused' });
  });
});
