import { Controller, Get, Header, Inject, ServiceUnavailableException } from '@nestjs/common';
import { Metrics } from './metrics.ts';
import { Readiness, type ReadinessReport } from './readiness.ts';

/** What orchestrators and Prometheus ask over HTTP. */
@Controller()
export class ProbesController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** The process runs; restart it when this fails. */
  @Get('livez')
  live(): { live: true } {
    return { live: true };
  }

  /** Traffic may come; every check with its reason, 503 when one says no. */
  @Get('readyz')
  async ready(): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    if (!report.ready) throw new ServiceUnavailableException(report);
    return report;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
