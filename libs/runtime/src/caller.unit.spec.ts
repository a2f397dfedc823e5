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
});
