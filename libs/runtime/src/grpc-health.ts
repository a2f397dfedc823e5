import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Readiness } from './readiness.ts';

/** How old an answer of grpc.health.v1 may be. */
const refreshMs = 1_000;

/** grpc.health.v1 over Readiness: "" for the process, and each service by its full name. */
export class GrpcHealth {
  private readonly implementation: HealthImplementation;
  private readonly last = new Map<string, boolean>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly readiness: Readiness,
    private readonly services: string[],
  ) {
    this.implementation = new HealthImplementation();
    for (const name of ['', ...services]) this.implementation.setStatus(name, 'NOT_SERVING');
  }

  addToServer(server: Server): void {
    this.implementation.addToServer(server as never);
  }

  /** Asks the checks now and then every second. */
  async start(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.refresh(), refreshMs).unref();
  }

  /** NOT_SERVING from now on; watchers hear it at once. */
  stop(): void {
    clearInterval(this.timer);
    for (const name of ['', ...this.services]) this.set(name, false);
  }

  private async refresh(): Promise<void> {
    for (const name of ['', ...this.services]) this.set(name, (await this.readiness.report(name || undefined)).ready);
  }

  private set(name: string, ready: boolean): void {
    if (this.last.get(name) === ready) return;
    this.last.set(name, ready);
    this.implementation.setStatus(name, ready ? 'SERVING' : 'NOT_SERVING');
  }
}
