import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deal } from './kafka/subscription-assigner.ts';
import { TenantTopics } from './kafka/tenant-topics.ts';
import { shareOf } from './postgres-log/leases.ts';

describe('the shares of the log in PostgreSQL', () => {
  it('give every partition to exactly one member, and differ by one at most', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 9 }), (count, members) => {
        const partitions = Array.from({ length: count }, (_, n) => n);
        const shares = members.map((me) => shareOf(partitions, members, me));
        expect(shares.flat().sort((a, b) => a - b)).toEqual(partitions);
        const sizes = shares.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("the shares of Kafka's groups", () => {
  it('give every partition to exactly one member that subscribes to its topic', () => {
    const subscriptions = fc.array(fc.subarray(['a', 'b', 'c']), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(subscriptions, (topics) => {
        const members = topics.map((subscribed, n) => ({ memberId: `m${n}`, topics: subscribed }));
        const wanted = [...new Set(topics.flat())];
        const shares = deal(
          members,
          wanted.map((topic) => ({ topic, ids: [2, 0, 1] })),
        );
        const dealt = [...shares].flatMap(([memberId, share]) =>
          Object.entries(share).flatMap(([topic, ids]) => {
            expect(members.find((member) => member.memberId === memberId)!.topics).toContain(topic);
            return ids.map((id) => `${topic}/${id}`);
          }),
        );
        expect(dealt.toSorted()).toEqual(wanted.flatMap((topic) => [0, 1, 2].map((id) => `${topic}/${id}`)).toSorted());
      }),
    );
  });

  it('are even among members with the same topics', () => {
    const members = ['x', 'y', 'z'].map((memberId) => ({ memberId, topics: ['items.v1'] }));
    const shares = deal(members, [{ topic: 'items.v1', ids: [0, 1, 2, 3, 4, 5] }]);
    expect([...shares.values()].map((share) => share['items.v1']!.length)).toEqual([2, 2, 2]);
  });
});

describe('topics of tenants', () => {
  it('have the prefix of their tenant', () => {
    const topics = new TenantTopics({ '': 'default', 'acme.': 'acme' });
    expect(topics.nameFor('acme', 'items.v1')).toBe('acme.items.v1');
    expect(topics.of('users.v1').map(({ name, tenant }) => [name, tenant])).toEqual([
      ['users.v1', 'default'],
      ['acme.users.v1', 'acme'],
    ]);
  });

  it('refuse a tenant without a prefix, a prefix that Kafka cannot hold, and two prefixes of a tenant', () => {
    expect(() => new TenantTopics({ 'acme.': 'acme' }).nameFor('default', 'items.v1')).toThrow(
      'Tenant "default" has no topics',
    );
    expect(() => new TenantTopics({ '상점.': 'shop' })).toThrow('letters, digits');
    expect(() => new TenantTopics({ a: 'shop', b: 'shop' })).toThrow('two topic prefixes');
    expect(() => new TenantTopics({})).toThrow('No tenant');
  });
});
