import { describe, expect, it } from 'vitest';
import { isLoopback, joinAddress, splitAddress } from './bind.ts';

describe('an address', () => {
  it.each(['127.0.0.1:1', '127.8.9.10:1', 'localhost:1', '[::1]:1'])('%s is loopback', (address) => {
    expect(isLoopback(address)).toBe(true);
  });

  it.each([
    '0.0.0.0:1',
    '[::]:1',
    '10.0.0.1:1',
    '127.0.0.1.evil.example:1',
    'localhost.example:1',
    '[::ffff:10.0.0.1]:1',
  ])('%s is not', (address) => {
    expect(isLoopback(address)).toBe(false);
  });

  it.each(['127.0.0.1:50051', '[::1]:8080', 'kafka-1:0'])('%s comes apart and together again', (address) => {
    const { host, port } = splitAddress(address);
    expect(joinAddress(host, port)).toBe(address);
  });
});
