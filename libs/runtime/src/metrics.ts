import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a cached answer to a slow training step. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of this process. Asking again for a name gives the metric made before. Names start with "kindred_". */
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    const known = this.registry.getSingleMetric(name);
    return (known as Counter<Label>) ?? new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** `collect` runs before every scrape, with the gauge as `this`. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
    collect?: (this: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    const known = this.registry.getSingleMetric(name);
    return (known as Gauge<Label>) ?? new Gauge({ name, help, labelNames, collect, registers: [this.registry] });
  }

  /** Of durations in seconds, unless `buckets` say otherwise. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
    buckets: readonly number[] = durationBuckets,
  ): Histogram<Label> {
    const known = this.registry.getSingleMetric(name);
    const options = { name, help, labelNames, buckets: [...buckets], registers: [this.registry] };
    return (known as Histogram<Label>) ?? new Histogram(options);
  }

  /** The exposition text for Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
