import { KindredError, type TopicName, topicNames } from '@kindred/contracts';
import type { Subscription } from './messaging.ts';

/** Throws for a topic that is not in the declared list (libs/contracts/src/topics.ts). */
export function requireDeclared(topic: string): asserts topic is TopicName {
  if ((topicNames as string[]).includes(topic)) return;
  throw new KindredError(
    'FIELD_INVALID',
    'topic',
    `Topic "${topic}" is not declared; declared are ${topicNames.join(', ')}`,
  );
}

/**
 * Throws at start-up when a consumed topic has no handler, a handler no topic, or two handlers of one
 * group share a topic; lists all problems at once.
 */
export function checkSubscriptions(consumed: TopicName[], subscriptions: Subscription[]): void {
  const problems: string[] = [];
  for (const topic of new Set(consumed)) {
    if (!subscriptions.some((subscription) => subscription.topic === topic))
      problems.push(`topic ${topic} has no handler`);
  }
  const seen = new Set<string>();
  for (const { group, topic } of subscriptions) {
    if (!consumed.includes(topic))
      problems.push(`the handler of group ${group} is for ${topic}, which is not consumed`);
    if (seen.has(`${group} ${topic}`)) problems.push(`group ${group} has two handlers for topic ${topic}`);
    seen.add(`${group} ${topic}`);
  }
  if (problems.length > 0) throw new Error(`Subscriptions do not fit: ${problems.join('; ')}`);
}
