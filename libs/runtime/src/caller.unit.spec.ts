import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { Authenticator } from './authenticator.ts';
import { attachCaller, type Caller, callerOf, requireRole } from './index.ts';

const caller = (role: Caller['role']): Caller => ({ tenant: 'acme', role, requestId: 'r' });

describe('a caller', () => {
  it('is found by the metadata of the call, and nowhere else', () => {
    const metadata = attachCaller(new Metadata(), caller('reader'));
    expect(callerOf(metadata)).toEqual(caller('reader'));
    expect(() => callerOf(new Metadata())).toThrow('no authenticated call');
  });

  it.each([
    ['reader', 'reader', true],
    ['reader', 'writer', false],
    ['writer', 'reader', true],
    ['writer', 'admin', false],
    ['admin', 'writer', true],
  ] as const)('with the role %s may do what a %s may: %s', (has, needs, allowed) => {
    const ask = () => requireRole(caller(has), needs);
    if (allowed) expect(ask).not.toThrow();
    else expect(ask).toThrow(expect.objectContaining({ code: 'ROLE_NOT_ALLOWED' }));
  });
});

describe('a credential', () => {
  const authenticator = new Authenticator({ 'key-1': { tenant: 'acme', role: 'writer' } });
  const withEntry = (name: string, value: string) => {
    const metadata = new Metadata();
    metadata.set(name, value);
    return metadata;
  };

  it.each([
    ['authorization', 'Bearer key-1'],
    ['authorization', 'bearer  key-1 '],
    ['x-api-key', 'key-1'],
  ])('in %s: %s is known', (name, value) => {
    expect(authenticator.authenticate(withEntry(name, value))).toEqual({ tenant: 'acme', role: 'writer' });
  });

  it.each([
    ['authorization', 'Basic key-1', 'API_KEY_MISSING'],
    ['authorization', 'Bearer', 'API_KEY_MISSING'],
    ['authorization', 'Bearer key-2', 'API_KEY_UNKNOWN'],
    ['x-api-key', '', 'API_KEY_UNKNOWN'],
    ['x-api-key', '__proto__', 'API_KEY_UNKNOWN'],
  ])('in %s: %s is refused', (name, value, code) => {
    expect(() => authenticator.authenticate(withEntry(name, value))).toThrow(expect.objectContaining({ code }));
  });

  it('in both places is known where it is the same, and two of them are refused, whosever they are', () => {
    const two = new Authenticator({
      'key-1': { tenant: 'acme', role: 'writer' },
      'key-2': { tenant: 'other', role: 'admin' },
    });
    const both = (bearer: string) => {
      const metadata = withEntry('x-api-key', 'key-1');
      metadata.set('authorization', bearer);
      return metadata;
    };
    for (const same of ['Bearer key-1', 'Basic cHJveHk6cHJveHk=']) {
      expect(two.authenticate(both(same))).toEqual({ tenant: 'acme', role: 'writer' });
    }
    const withEmpty = both('Bearer key-2');
    withEmpty.set('x-api-key', ' ');
    expect(two.authenticate(withEmpty).tenant).toBe('other');
    for (const other of ['Bearer key-2', 'Bearer nobody']) {
      const refusal = { code: 'API_KEY_UNKNOWN', message: expect.stringMatching(/"authorization".*"x-api-key"/) };
      expect(() => two.authenticate(both(other))).toThrow(expect.objectContaining(refusal));
    }
  });
});
