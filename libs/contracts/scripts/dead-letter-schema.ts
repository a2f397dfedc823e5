const text = (description: string) => ({ type: 'string', description });

/** JSON Schema of the messages of dead-letters.v1, which messaging writes; test/contracts checks the two against each other. */
export const deadLetterSchema = {
  type: 'object',
  properties: {
    dead_letter_id: text('group/topic/partition/offset: the same at every redelivery.'),
    topic: text('Where it came from.'),
    key: text('Its key.'),
    value_base64: text('Its bytes.'),
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    reason_code: text('A code of docs/errors.md.'),
    field: text('Path of the offending field, or "".'),
    reason: text('What is wrong, and the way out.'),
    step: text('The consumer group that refused it.'),
    failed_at: { type: 'string', format: 'date-time' },
  },
  required: [
    'dead_letter_id',
    'topic',
    'key',
    'value_base64',
    'headers',
    'reason_code',
    'field',
    'reason',
    'step',
    'failed_at',
  ],
};
