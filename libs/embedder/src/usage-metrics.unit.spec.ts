import { describe, expect, it } from 'vitest';
import { embedTexts } from './embedding-model.ts';
import { ModelPool } from './model-pool.ts';
import { failing, fakeDimensions } from './openai/fake-embeddings-server.fake.spec.ts';
import { hostedModels } from './openai/hosted-models.fake.spec.ts';
import { UsageMetrics } from './usage-metrics.ts';

describe('UsageMetrics', () => {
  const { server } = hostedModels();

  it('adds up requests, tokens and cost of each model of a pool, refused requests too', async () => {
    const totals: Record<string, number> = {};
    const counter = (name: string) => ({
      inc: (labels: Record<string, string>, value: number) => {
        const key = [name, ...Object.values(labels)].join(' ');
        totals[key] = (totals[key] ?? 0) + value;
      },
    });
    const models = new ModelPool([]);
    new UsageMetrics({ counter }, models);
    const parameters = {
      baseUrl: server.baseUrl,
      model: 'fake',
      dimensions: fakeDimensions,
      pricePerMillionTokens: 500_000,
    };
    const model = await models.get('t', { name: 'hosted', version: '3', provider: 'openai', parameters });
    await embedTexts(model, ['무선 헤드폰', 'red'], 'query');
    server.faults.push(failing(401, 'no such key'));
    await expect(embedTexts(model, ['red'], 'query')).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    expect(totals).toEqual({
      'kindred_model_requests_total hosted 3 openai': 2,
      'kindred_model_retries_total hosted 3 openai': 0,
      'kindred_model_failures_total hosted 3 openai': 1,
      'kindred_model_inputs_total hosted 3 openai': 2,
      'kindred_model_tokens_total hosted 3 openai': 3,
      'kindred_model_cost_total hosted 3 openai': 1.5,
    });
  });
});
