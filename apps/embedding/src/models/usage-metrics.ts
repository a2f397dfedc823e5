import type { ModelPool } from '@kindred/embedder';
import type { Metrics } from '@kindred/runtime';

const labels: ('model' | 'version' | 'provider')[] = ['model', 'version', 'provider'];

/** What paid providers were asked for, and what that cost, by model. */
export class UsageMetrics {
  constructor(metrics: Metrics, models: ModelPool) {
    const counter = (name: string, help: string) => metrics.counter(`kindred_model_${name}_total`, help, labels);
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
