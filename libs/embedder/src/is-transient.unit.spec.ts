import { KindredError } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { isTransient } from './is-transient.fake.spec.ts';

describe('an error', () => {
  it.each(['EMBEDDING_UNAVAILABLE', 'SHUTTING_DOWN', 'DEADLINE_EXCEEDED', 'TOO_MANY_REQUESTS'] as const)(
    'may pass when it is %s',
    (code) => expect(isTransient(new KindredError(code, '', 'later'))).toBe(true),
  );

  it.each(['MODEL_UNUSABLE', 'PROVIDER_REFUSED', 'INPUT_KIND_NOT_TAKEN', 'MEDIA_UNREADABLE'] as const)(
    'stays when it is %s',
    (code) => expect(isTransient(new KindredError(code, 'inputs[0]', 'never'))).toBe(false),
  );

  it.each([new Error('socket hang up'), AbortSignal.abort().reason, 'thrown text'])(
    'may pass when it is none of ours',
    (error) => expect(isTransient(error)).toBe(true),
  );
});
