import type { GrpcHealth } from './grpc-health.ts';
import type { GrpcServer } from './grpc-server.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';

export interface Stoppable {
  readiness: Readiness;
  health: GrpcHealth;
  grpc: GrpcServer;
  log: Log;
  app: { close(): Promise<void> };
  close: (() => Promise<void>)[];
  drainMs: number;
}

/** All of it ends within 5 s; `close` gets at least the last part. */
const totalMs = 4_700;
const closeMs = 800;

/**
 * Not ready → no new calls, those in flight finish (they may wait for consumers, so those still run) → Nest's hooks:
 * consumers finish their batch → `close`. A step that fails or takes too long is logged, and the next one still runs.
 */
export async function stopInOrder({ readiness, health, grpc, log, app, close, drainMs }: Stoppable): Promise<void> {
  const began = performance.now();
  const left = () => totalMs - (performance.now() - began);
  readiness.drain();
  health.stop();
  await step('calls in flight', grpc.drain(drainMs), drainMs + 200, log);
  await step('shutdown hooks', app.close(), left() - closeMs, log);
  await step('close', inTurn(close), left(), log);
  log.info({}, 'stopped');
}

async function inTurn(callbacks: (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const callback of callbacks) await callback().catch((error) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, 'closing failed');
}

async function step(name: string, work: Promise<void>, ms: number, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    const end = await Promise.race([work, late]);
    if (end === 'late')
      log.warn({ step: name, ms: Math.round(ms) }, 'a step of the shutdown takes too long; going on without it');
  } catch (error) {
    log.error({ step: name, err: error }, 'a step of the shutdown failed');
  } finally {
    clearTimeout(timer);
  }
}
