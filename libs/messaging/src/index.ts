export { type DeadLetterEnvelope, deadLetterOf, decodeDeadLetter, encodeDeadLetter, replayOf } from './dead-letter.ts';
export { checkSubscriptions } from './declared-topics.ts';
export { isolatePoison } from './isolate-poison.ts';
export type { LogDatabase, LogScope } from './log-database.ts';
export type * from './messaging.ts';
export { openMessaging } from './open-messaging.ts';
export { defaultTuning, type LogEntry, type MessagingOptions, type Tuning } from './options.ts';
export { murmur2, partitionOf } from './partition-of.ts';
export { pruneEventLog } from './postgres-log/prune-event-log.ts';
