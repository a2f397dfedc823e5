import type { LogDatabase } from './log-database.ts';

export interface LogEntry {
  level: 'error' | 'warn' | 'info' | 'debug';
  message: string;
  fields: Record<string, unknown>;
}

/** Times in milliseconds. */
export interface Tuning {
  /** A member that was silent for this long has lost its partitions. */
  session: number;
  heartbeat: number;
  /** How long a Kafka group waits, while it rebalances, for a member whose batch is in flight. */
  rebalance: number;
  /** How long an idle consumer waits before it looks again without being told. */
  poll: number;
  /** Wait before the first retry of a failing batch; doubles up to `retryMost`, minus up to half of it by chance. */
  retryFirst: number;
  retryMost: number;
  /** How long `stop` lets batches in flight run before it aborts them. */
  drain: number;
  /** Partitions that one consumer works on at the same time. */
  partitionsAtOnce: number;
}

export const defaultTuning: Tuning = {
  session: 10_000,
  heartbeat: 2_000,
  rebalance: 60_000,
  poll: 1_000,
  retryFirst: 250,
  retryMost: 30_000,
  drain: 15_000,
  partitionsAtOnce: 3,
};

export interface MessagingOptions {
  /** Kafka's bootstrap servers, "host:port". Absent or empty: the log in the database. */
  brokers?: string[];
  /** Name of this process, in Kafka's logs and in the names of group members. */
  clientId: string;
  /** Kafka topic prefix → tenant. Default: no prefix, tenant "default". */
  tenantPrefixes?: Record<string, string>;
  /** Needed without brokers. */
  database?: LogDatabase;
  /** Gets what the log clients have to say. Must not throw. */
  log?: (entry: LogEntry) => void;
  tuning?: Partial<Tuning>;
}

/** What both drivers work with. */
export interface Setup {
  clientId: string;
  tenantPrefixes: Record<string, string>;
  log: (entry: LogEntry) => void;
  tuning: Tuning;
}

export function setupOf(options: MessagingOptions): Setup {
  const { clientId, tenantPrefixes = { '': 'default' }, log = () => undefined } = options;
  return { clientId, tenantPrefixes, log, tuning: { ...defaultTuning, ...options.tuning } };
}
