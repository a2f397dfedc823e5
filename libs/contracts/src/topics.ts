/** The one list of topics. Nothing publishes to or consumes from a topic that is not here. */
export const topics = {
  items: { name: 'items.v1', partitions: 6 },
  users: { name: 'users.v1', partitions: 6 },
  interactions: { name: 'interactions.v1', partitions: 6 },
  /** Ingestion to embedding: this item's row changed. */
  itemChanges: { name: 'item-changes.v1', partitions: 6 },
  /** Ingestion to recommendation: this user's or session's interactions changed. */
  userChanges: { name: 'user-changes.v1', partitions: 6 },
  deadLetters: { name: 'dead-letters.v1', partitions: 1 },
} as const;

export type TopicName = (typeof topics)[keyof typeof topics]['name'];
export const topicNames = Object.values(topics).map((topic) => topic.name) as TopicName[];
export const partitionsOf = (name: TopicName): number => Object.values(topics).find((t) => t.name === name)!.partitions;
