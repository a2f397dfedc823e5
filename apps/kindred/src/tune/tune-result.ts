import type { IndexVariant, VectorShape } from './index-variant.ts';

/** One index searched with one breadth. */
export interface TuneResult {
  variant: IndexVariant;
  /** ef_search or probes. */
  breadth: number;
  buildSeconds: number;
  indexBytes: number;
  /** What has to stay in memory so that no search reads the disk: the index, and the vectors where signs are indexed. */
  memoryBytes: number;
  /** Mean shares of the true first 1, 10 and 100, 0-1. */
  recall1: number;
  recall10: number;
  recall100: number;
  /** Half the width of the 95 % interval of the mean recall@10. */
  recall10Error: number;
  /** Milliseconds of a search for 10, one after the other. */
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** Searches for 10 a second: one client, and all of them at once. */
  qps: number;
  qpsClients: number;
}

/** What the figures were measured on. */
export interface TuneFacts extends VectorShape {
  collection: string;
  model: string;
  /** Vectors in the copy, and in the collection. */
  rows: number;
  total: number;
  queries: number;
  /** Where the queries come from, in words. */
  source: string;
  clients: number;
  postgres: string;
  pgvector: string;
  maintenanceWorkMem: string;
  startedAt: Date;
  /** Of a scan of all, one after the other. */
  exactP50Ms: number;
}

export interface TuneRun {
  facts: TuneFacts;
  results: TuneResult[];
  /** What PostgreSQL said while it built. */
  notes: string[];
  seconds: number;
}
