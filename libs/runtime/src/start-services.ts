import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authenticator } from './authenticator.ts';
import { cannotListen, joinAddress, requireKeysBeyondLoopback, splitAddress } from './bind.ts';
import { CallInterceptor } from './call-interceptor.ts';
import type { ServerConfig } from './env.ts';
import { ErrorFilter } from './error-filter.ts';
import { GrpcHealth } from './grpc-health.ts';
import { addReflection } from './grpc-reflection.ts';
import { GrpcServer } from './grpc-server.ts';
import { type Log, openLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { NestLog } from './nest-log.ts';
import { onProcessEvents } from './process-events.ts';
import { Readiness } from './readiness.ts';
import { runtimeModule } from './runtime-module.ts';
import { type Service, serviceNames } from './service.ts';
import { stopInOrder } from './stop-in-order.ts';

export interface StartOptions {
  services: Service[];
  config: ServerConfig;
  version: string;
  /** Run last, in order, when everything has stopped: close the messaging, then the database. */
  close: (() => Promise<void>)[];
  /** Default: a log made from the config. */
  log?: Log;
  /** Default true. False leaves signals and uncaught errors to the caller, as tests need it. */
  processEvents?: boolean;
  /** How long calls in flight may take when the server stops. Default 2,500 ms, so that all is over within 5 s. */
  drainMs?: number;
}

export interface RunningServices {
  /** host:port, with the port that was taken where 0 was asked for. */
  grpcAddress: string;
  httpAddress: string;
  /** Stops in order, within 5 s: not ready, no new calls, calls in flight, Nest's hooks, `close`. */
  stop(): Promise<void>;
}

/**
 * Starts one process: a Nest application with the services' gRPC methods, grpc.health.v1, reflection, and HTTP
 * /livez, /readyz, /metrics. Resolves when it takes calls. Throws a ConfigError for addresses it cannot or must not bind.
 */
export async function startServices(options: StartOptions): Promise<RunningServices> {
  const { config } = options;
  requireKeysBeyondLoopback(config);
  const parts = assemble(options);
  const app = await createApp(options, parts);
  const stop = once(() => stopInOrder({ ...parts, app, close: options.close, drainMs: options.drainMs ?? 2_500 }));
  const forget = options.processEvents === false ? () => {} : onProcessEvents(stop, parts.log);
  try {
    await app.init();
    await app.startAllMicroservices();
    const httpAddress = await listenHttp(app, config.HTTP_ADDRESS);
    parts.readiness.start();
    await parts.health.start();
    const grpcAddress = parts.grpc.address;
    const services = options.services.map((service) => service.name);
    parts.log.info({ services, grpcAddress, httpAddress, version: options.version }, 'listening');
    return { grpcAddress, httpAddress, stop: () => stop().finally(forget) };
  } catch (error) {
    await stop().finally(forget);
    throw error;
  }
}

function assemble({ services, config, version, log = openLog(config) }: StartOptions) {
  const readiness = new Readiness();
  const metrics = new Metrics();
  metrics.gauge('kindred_info', 'The running version.', ['version']).set({ version }, 1);
  const health = new GrpcHealth(readiness, serviceNames(services));
  const interceptor = new CallInterceptor(new Authenticator(config.API_KEYS), log, metrics);
  const grpc = new GrpcServer({
    services,
    address: config.GRPC_ADDRESS,
    interceptor,
    log,
    extend: (server) => {
      health.addToServer(server);
      addReflection(server, serviceNames(services));
    },
  });
  return { readiness, metrics, health, grpc, log };
}

async function createApp(
  { services }: StartOptions,
  parts: ReturnType<typeof assemble>,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    runtimeModule(services, parts),
    new FastifyAdapter({ logger: false }),
    { logger: new NestLog(parts.log), abortOnError: false },
  );
  app.useGlobalFilters(new ErrorFilter(app.getHttpAdapter()));
  app.connectMicroservice({ strategy: parts.grpc }, { inheritAppConfig: true });
  return app;
}

async function listenHttp(app: NestFastifyApplication, address: string): Promise<string> {
  const { host, port } = splitAddress(address);
  await app.listen({ host, port }).catch((cause: Error) => {
    throw cannotListen('HTTP_ADDRESS', address, cause);
  });
  const taken = app.getHttpServer().address();
  return joinAddress(host, typeof taken === 'object' && taken ? taken.port : port);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
