import { promises as dns, type LookupAddress } from 'node:dns';
import { KindredError } from '@kindred/contracts';
import ipaddr from 'ipaddr.js';
import type { MediaResources } from './media-access.ts';

const privateRanges = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
const unicastRanges = new Set([...privateRanges, 'linkLocal', 'unicast']);
/** Public IPv6 as assigned by IANA; what lies outside maps to IPv4 addresses, tunnels or nothing. */
const publicV6 = ipaddr.parseCIDR('2000::/3');

/** Whether a connection to this address may be made. IPv4 addresses in IPv6 form are judged as IPv4. */
export function isAllowedAddress(address: string, resources: MediaResources, hostIsAllowed: boolean): boolean {
  const parsed = ipaddr.process(address);
  const range: string = parsed.range();
  if (hostIsAllowed) return unicastRanges.has(range);
  if (privateRanges.has(range)) return resources.allowPrivate === true;
  return range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(publicV6));
}

/**
 * The addresses of a URL's host, every one of them checked: connect to these and to nothing a second look-up says.
 * Throws MEDIA_ADDRESS_REFUSED if any is not allowed, MEDIA_UNREACHABLE if there is none.
 */
export async function checkedAddresses(url: URL, resources: MediaResources, field: string): Promise<LookupAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await addressesOf(host, field);
  const named = (resources.allowedHosts ?? []).some((each) => each.toLowerCase() === url.host || each === host);
  if (addresses.every(({ address }) => isAllowedAddress(address, resources, named))) return addresses;
  const message = `${field}: the host ${host} has an address in a network that is not allowed; use a public address, or have the operator allow the host`;
  throw new KindredError('MEDIA_ADDRESS_REFUSED', field, message);
}

async function addressesOf(host: string, field: string): Promise<LookupAddress[]> {
  if (ipaddr.isValid(host)) return [{ address: host, family: ipaddr.parse(host).kind() === 'ipv4' ? 4 : 6 }];
  try {
    return await dns.lookup(host, { all: true });
  } catch (cause) {
    const message = `${field}: the host ${host} has no address; check its name`;
    throw new KindredError('MEDIA_UNREACHABLE', field, message, { cause });
  }
}
