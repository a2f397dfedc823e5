import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { onAdmin } from './admin.ts';
import { freePort, KindredProcess } from './kindred-process.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

export const serviceNames = ['ingestion', 'embedding', 'search', 'recommendation'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The four services as separate processes over a real PostgreSQL and a real Kafka, on an empty database and empty topics. */
export class Stack {
  readonly processes = new Map<ServiceName, KindredProcess>();
  readonly grpc = new Map<ServiceName, string>();
  readonly sql: pg.Pool;

  private constructor(
    readonly databaseUrl: string,
    readonly brokers: string[],
    private readonly adminUrl: string,
  ) {
    this.sql = new pg.Pool({ connectionString: databaseUrl, max: 3 });
    this.sql.on('error', () => undefined);
  }

  static async start(adminUrl: string, brokers: string[]): Promise<Stack> {
    const name = `kindred_e2e_${process.pid}_${Date.now()}`;
    await onAdmin(adminUrl, `create database ${name}`);
    await emptyTopics(brokers);
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    const stack = new Stack(url.href, brokers, adminUrl);
    await run(process.execPath, ['apps/kindred/bin/kindred.mjs', 'migrate'], {
      cwd: root,
      env: { ...process.env, ...stack.env() },
    });
    for (const service of serviceNames) await stack.add(service);
    await Promise.all([...stack.processes.values()].map((one) => one.start()));
    return stack;
  }

  process(name: ServiceName): KindredProcess {
    return this.processes.get(name)!;
  }

  /** Single value of a query on the stack's database, seeing all rows. */
  async value(text: string, values: unknown[] = []): Promise<unknown> {
    const { rows } = await this.sql.query({ text, values, rowMode: 'array' });
    return rows[0]?.[0];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((one) => one.stop()));
    await this.sql.end();
    const { pathname } = new URL(this.databaseUrl);
    await onAdmin(this.adminUrl, `drop database if exists ${pathname.slice(1)} with (force)`);
  }

  env(): Record<string, string> {
    return { DATABASE_URL: this.databaseUrl, KAFKA_BROKERS: this.brokers.join(','), LOG_LEVEL: 'warn' };
  }

  private async add(name: ServiceName): Promise<void> {
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const env = { ...this.env(), GRPC_ADDRESS: grpc, HTTP_ADDRESS: http };
    const main = resolve(root, `apps/${name}/dist/main.js`);
    this.grpc.set(name, grpc);
    this.processes.set(name, new KindredProcess(name, [process.execPath, main], env, http));
  }
}

/** Topics and groups of earlier runs go, so that counts start at zero. */
async function emptyTopics(brokers: string[]): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => /\.v1$/.test(topic));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    const ours = groups.map((group) => group.groupId).filter((id) => id.startsWith('kindred.'));
    if (ours.length > 0) await admin.deleteGroups(ours);
  } finally {
    await admin.disconnect();
  }
}
