import { KindredError } from '@kindred/contracts';
import { expect, it } from 'vitest';
import { deadLetterSchema } from '../../libs/contracts/scripts/dead-letter-schema.ts';
import { deadLetterOf } from '../../libs/messaging/src/dead-letter.ts';

it('the documented dead letter is the one that messaging writes', () => {
  const message = {
    tenant: 'default',
    topic: 'items.v1' as const,
    partition: 3,
    offset: 1_207n,
    key: 'shop/가',
    value: Buffer.from('{'),
    headers: { source: 'erp' },
    receivedAt: 0n,
  };
  const letter = deadLetterOf(message, new KindredError('MALFORMED_JSON', '', 'not JSON'), 'ingestion');
  expect(Object.keys(letter).sort()).toEqual(Object.keys(deadLetterSchema.properties).sort());
  expect([...deadLetterSchema.required].sort()).toEqual(Object.keys(letter).sort());
});
