import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/**
 * Finds the servers that integration tests run against: the environment, else a Docker engine, else the scripts under
 * infra/, else none. Tests read what was found through `postgresUrl` and `kafkaBrokers`.
 */
export type Backend = 'postgres' | 'kafka';

export interface SkippedBackend {
  backend: Backend;
  reason: string;
}

interface Found {
  skipped: SkippedBackend[];
  stop(): Promise<void>;
}

interface Server {
  address: string;
  from: string;
  stop?(): Promise<unknown>;
}

const variables = { postgres: 'DATABASE_URL', kafka: 'KAFKA_BROKERS' } as const;
const skippedVariable = 'KINDRED_SKIPPED_BACKENDS';
const backends: Backend[] = ['postgres', 'kafka'];
const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
/** The first start downloads the server. */
const startTimeout = 600_000;

/** A superuser's URL of a real PostgreSQL with pgvector, or undefined: then tests of that driver are to be skipped. */
export const postgresUrl = (): string | undefined => process.env[variables.postgres] || undefined;

/** Bootstrap servers of a real Kafka, or undefined: then tests of that driver are to be skipped. */
export const kafkaBrokers = (): string[] | undefined => process.env[variables.kafka]?.split(',').filter(Boolean);

/** What this run goes without, and why. */
export const skippedBackends = (): SkippedBackend[] => JSON.parse(process.env[skippedVariable] || '[]');

const key = Symbol.for('kindred.test.backends');
const shared = globalThis as { [key]?: Promise<Found> };

/** vitest's globalSetup. Several projects of one run share what the first one found. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (shared[key]) {
    await shared[key];
    return undefined;
  }
  shared[key] = findAll();
  const { skipped, stop } = await shared[key];
  return async () => {
    printSkipped(skipped);
    await stop();
  };
}

async function findAll(): Promise<Found> {
  const skipped: SkippedBackend[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  for (const backend of backends) {
    const found = await find(backend);
    if (typeof found === 'string') {
      skipped.push({ backend, reason: found });
      delete process.env[variables[backend]];
      continue;
    }
    process.env[variables[backend]] = found.address;
    if (found.stop) stops.push(found.stop);
    console.log(`${backend}: ${found.from}`);
  }
  process.env[skippedVariable] = JSON.stringify(skipped);
  const stop = async () => void (await Promise.allSettled(stops.map((one) => one())));
  if (skipped.length > 0 && process.env.REQUIRE_BACKENDS === '1') {
    await stop();
    throw new Error(
      `REQUIRE_BACKENDS is set, but ${skipped.map((one) => `${one.backend} is missing: ${one.reason}`).join('; ')}`,
    );
  }
  return { skipped, stop };
}

function printSkipped(skipped: SkippedBackend[]): void {
  for (const { backend, reason } of skipped) console.log(`skipped: tests that need a real ${backend}, as ${reason}`);
}

/** A server, or the reason why there is none. */
async function find(backend: Backend): Promise<Server | string> {
  if (process.env.KINDRED_TEST_BACKENDS === 'embedded') return 'KINDRED_TEST_BACKENDS is "embedded"';
  const given = process.env[variables[backend]];
  if (given) return { address: given, from: `${variables[backend]} of the environment` };
  const docker = await fromDocker(backend);
  if (typeof docker !== 'string') return docker;
  const local = await fromScript(backend);
  return typeof local === 'string' ? `${docker}, and ${local}` : local;
}

async function fromDocker(backend: Backend): Promise<Server | string> {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    await getContainerRuntimeClient();
  } catch {
    return 'no Docker engine answers';
  }
  try {
    return await (backend === 'postgres' ? postgresContainer() : kafkaContainer());
  } catch (error) {
    return `its container does not start (${(error as Error).message})`;
  }
}

async function postgresContainer(): Promise<Server> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer('pgvector/pgvector:pg18')
    .withEnvironment({ POSTGRES_PASSWORD: 'kindred' })
    .withCommand(['postgres', '-c', 'max_connections=200'])
    .withExposedPorts(5432)
    // The first start of the image is its own set-up, the second one serves.
    .withWaitStrategy(Wait.forLogMessage('database system is ready to accept connections', 2))
    .start();
  const address = `postgres://postgres:kindred@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  return { address, from: 'a container of pgvector/pgvector:pg18', stop: () => container.stop() };
}

async function kafkaContainer(): Promise<Server> {
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  const host = (await getContainerRuntimeClient()).info.containerRuntime.host;
  // The broker tells its clients where it is, so the port must be known before it starts.
  const port = await freePort();
  const container = await new GenericContainer('apache/kafka:4.3.1')
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${host}:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    })
    .withExposedPorts({ container: 9092, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return { address: `${host}:${port}`, from: 'a container of apache/kafka:4.3.1', stop: () => container.stop() };
}

/** The script leaves its server running: the next run, or another one beside this, finds it there. */
async function fromScript(backend: Backend): Promise<Server | string> {
  const script = `infra/${backend}/start.sh`;
  try {
    await run('bash', [script, '--check'], { cwd: root });
    const { stdout } = await run('bash', [script], { cwd: root, timeout: startTimeout });
    const [name, ...address] = stdout.trim().split('\n').at(-1)!.split('=');
    if (name !== variables[backend]) throw new Error(`its last line is not ${variables[backend]}=...`);
    return { address: address.join('='), from: `${script}, left running; end it with infra/${backend}/stop.sh` };
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    return `${script} says: ${stderr.trim().split('\n').at(-1) || message}`;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolvePort(port));
    });
  });
}
