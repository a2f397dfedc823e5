import type { ModelPool } from './model-pool.ts';

type Label = 'model' | 'version' | 'provider';

/** Where counters are made: the `Metrics` of a process. */
export interface Counters {
  counter(name: string, help: string, labels: Label[]): { inc(labels: Record<Label, string>, value: number): void };
}

/** What paid providers were asked for, and what that cost, by model. One for each pool: two would count it twice. */
export class UsageMetrics {
  constructor(metrics: Counters, models: ModelPool) {
    const counter = (name: string, help: string) =>
      metrics.counter(`kindred_model_${name}_total`, help, ['model', 'version', 'provider']);
    const counters = {
      requests: counter('requests', 'Requests to the provider of a model, retries included'),
      retries: counter('retries', 'Requests that were sent again'),
      failures: counter('failures', 'Requests without a usable answer'),
      inputs: counter('inputs', 'Texts in answered requests'),
      tokens: counter('tokens', 'Tokens, as the provider counts them'),
      cost: counter('cost', 'Tokens times the price that the model was registered with'),
    };
    models.onUsage(({ name, version, provider }, usage) => {
      for (const [what, value] of Object.entries(usage)) {
        counters[what as keyof typeof counters].inc({ model: name, version, provider }, value);
      }
    });
  }
}
