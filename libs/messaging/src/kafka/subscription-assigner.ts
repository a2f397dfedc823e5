import kafkajs, { type GroupMember, type PartitionAssigner } from 'kafkajs';

const name = 'kindred';
const version = 1;
const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/**
 * Deals each topic's partitions to the members that subscribe to it, evenly. kafkajs's own assigner takes for granted that
 * all members subscribe to the same topics, which is not so while a tenant is being added process by process.
 */
export const subscriptionAssigner: PartitionAssigner = ({ cluster }) => ({
  name,
  version,
  async assign({ members }) {
    const wanted = members.map((member) => ({ memberId: member.memberId, topics: subscribedBy(member) }));
    const topics = [...new Set(wanted.flatMap((member) => member.topics))].sort();
    await cluster.addMultipleTargetTopics(topics);
    const partitions = topics.map((topic) => {
      const ids = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      return { topic, ids };
    });
    return [...deal(wanted, partitions)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) }),
    }));
  },
  protocol({ topics }) {
    return { name, metadata: MemberMetadata.encode({ version, topics, userData: Buffer.alloc(0) }) };
  },
});

const subscribedBy = (member: GroupMember): string[] => MemberMetadata.decode(member.memberMetadata)?.topics ?? [];

/** Pure part: every partition goes to the subscriber that holds the fewest so far. */
export function deal(
  members: { memberId: string; topics: string[] }[],
  partitions: { topic: string; ids: number[] }[],
): Map<string, Record<string, number[]>> {
  const sorted = members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = new Map<string, Record<string, number[]>>(sorted.map(({ memberId }) => [memberId, {}]));
  const held = new Map(sorted.map(({ memberId }) => [memberId, 0]));
  for (const { topic, ids } of partitions) {
    const takers = sorted.filter((member) => member.topics.includes(topic));
    for (const id of ids.toSorted((a, b) => a - b)) {
      const [taker] = takers.toSorted((a, b) => held.get(a.memberId)! - held.get(b.memberId)!);
      if (!taker) break;
      const share = shares.get(taker.memberId)!;
      share[topic] = [...(share[topic] ?? []), id];
      held.set(taker.memberId, held.get(taker.memberId)! + 1);
    }
  }
  return shares;
}
