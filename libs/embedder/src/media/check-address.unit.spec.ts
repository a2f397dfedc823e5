import { describe, expect, it } from 'vitest';
import { checkedAddresses, isAllowedAddress } from './check-address.ts';

const loopbackOrPrivate = [
  '127.0.0.1',
  '127.8.9.10',
  '10.0.0.1',
  '172.16.3.4',
  '192.168.1.1',
  '100.64.0.1',
  '::1',
  'fd00::1',
];
const linkLocal = ['169.254.169.254', 'fe80::1'];
const neverUnicast = ['0.0.0.0', '255.255.255.255', '224.0.0.1', '240.0.0.1', '::', 'ff02::1'];
/** They lead to IPv4 addresses or tunnels, or are for documents and benchmarks. */
const disguised = [
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1',
  '192.0.2.1',
  '198.18.0.1',
  '192.0.0.8',
];
const addressOf = (url: string, resources = {}) => checkedAddresses(new URL(url), resources, 'image_url');

describe('addresses of media', () => {
  it.each([...loopbackOrPrivate, ...linkLocal, ...neverUnicast, ...disguised])('refuses %s by default', (address) => {
    expect(isAllowedAddress(address, {}, false)).toBe(false);
  });

  it.each(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:93.184.215.14'])(
    'allows %s',
    (address) => {
      expect(isAllowedAddress(address, {}, false)).toBe(true);
    },
  );

  it.each([...loopbackOrPrivate, '::ffff:127.0.0.1'])('allows %s where private addresses are allowed', (address) => {
    expect(isAllowedAddress(address, { allowPrivate: true }, false)).toBe(true);
  });

  it.each([...linkLocal, ...neverUnicast, '::ffff:a9fe:a9fe'])(
    'refuses %s even where private addresses are allowed',
    (address) => {
      expect(isAllowedAddress(address, { allowPrivate: true }, false)).toBe(false);
    },
  );

  it('lets an allowed host have a private address, but never one of many', () => {
    expect(isAllowedAddress('10.0.0.1', {}, true)).toBe(true);
    expect(isAllowedAddress('169.254.1.1', {}, true)).toBe(true);
    for (const address of neverUnicast) expect(isAllowedAddress(address, {}, true)).toBe(false);
  });

  it.each([
    'http://localhost/a.png',
    'http://127.1/a.png',
    'http://2130706433/a.png',
    'http://0x7f.0.0.1/a.png',
    'http://0177.0.0.1/a.png',
    'http://[::1]/a.png',
    'http://[::ffff:127.0.0.1]/a.png',
    'http://①②⑦.0.0.1/a.png',
    'http://169.254.169.254/latest/meta-data/',
    'http://0/a.png',
  ])('sees through the spelling of %s', async (url) => {
    await expect(addressOf(url)).rejects.toMatchObject({ code: 'MEDIA_ADDRESS_REFUSED', field: 'image_url' });
  });

  it('takes an allowed host with or without its port, in any case, and no other', async () => {
    const all = [{ address: '127.0.0.1', family: 4 }];
    expect(await addressOf('http://127.0.0.1:8080/', { allowedHosts: ['127.0.0.1'] })).toEqual(all);
    expect(await addressOf('http://127.0.0.1:8080/', { allowedHosts: ['127.0.0.1:8080'] })).toEqual(all);
    const localhost = await addressOf('http://LOCALHOST/', { allowedHosts: ['LocalHost'] });
    expect(localhost.length).toBeGreaterThan(0);
    for (const allowedHosts of [['127.0.0.1:81'], ['27.0.0.1'], ['example.org']])
      await expect(addressOf('http://127.0.0.1:8080/', { allowedHosts })).rejects.toMatchObject({
        code: 'MEDIA_ADDRESS_REFUSED',
      });
  });

  it('says that a host has no address', async () => {
    await expect(addressOf('http://no-such-host.invalid/a.png')).rejects.toMatchObject({ code: 'MEDIA_UNREACHABLE' });
  });
});
