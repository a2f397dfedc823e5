/** What a check says. `reason` is for people, and shown by /readyz; it is never an error's stack. */
export interface CheckResult {
  ready: boolean;
  reason: string;
}

export type Check = () => CheckResult | Promise<CheckResult>;

export interface ReadinessReport {
  ready: boolean;
  checks: ({ name: string } & CheckResult)[];
}

interface Entry {
  check: Check;
  services: string[] | undefined;
}

/** Longest time a check may take; a hung dependency must not hang /readyz. */
const checkMs = 1_000;

/** Whether this process should get traffic, and why not. */
export class Readiness {
  private readonly entries = new Map<string, Entry>();
  private started = false;
  private stopping = false;

  /**
   * Adds a check under a name of its own. `services` are the gRPC services that need it ("kindred.v1.SearchService");
   * absent: all of them. A check that throws, or takes longer than a second, is not ready.
   */
  add(name: string, check: Check, services?: string[]): void {
    if (this.entries.has(name)) throw new Error(`there is a readiness check named "${name}" already`);
    this.entries.set(name, { check, services });
  }

  /** Everything is listening. */
  start(): void {
    this.started = true;
  }

  /** Not ready from now on. */
  drain(): void {
    this.stopping = true;
  }

  /** Runs the checks (of one gRPC service, or all). */
  async report(service?: string): Promise<ReadinessReport> {
    const wanted = [...this.entries].filter(
      ([, entry]) => !service || !entry.services || entry.services.includes(service),
    );
    const checks = await Promise.all(wanted.map(async ([name, { check }]) => ({ name, ...(await resultOf(check)) })));
    checks.unshift({ name: 'server', ...this.server() });
    return { ready: checks.every((check) => check.ready), checks };
  }

  private server(): CheckResult {
    if (this.stopping) return { ready: false, reason: 'shutting down' };
    return this.started ? { ready: true, reason: '' } : { ready: false, reason: 'starting' };
  }
}

async function resultOf(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve({ ready: false, reason: `did not answer within ${checkMs} ms` }), checkMs);
  });
  try {
    const { ready, reason } = await Promise.race([(async () => check())(), late]);
    return { ready, reason };
  } catch (error) {
    return { ready: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
