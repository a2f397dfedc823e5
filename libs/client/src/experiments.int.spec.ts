import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeKindred } from './fake-kindred.fake.spec.ts';
import { Kindred } from './kindred.ts';

describe('Experiments of the client', () => {
  const server = new FakeKindred();
  let kindred: Kindred;
  beforeAll(async () => {
    await server.start();
    kindred = new Kindred({ address: server.address });
  });
  afterAll(() => {
    kindred.close();
    server.stop();
  });

  it('begin, are listed and looked at, and stop', async () => {
    const arms = [
      { name: '지금', scenario: 'home' },
      { name: 'bold', scenario: 'home-bold', weight: 2 },
    ];
    const begun = await kindred.experiments.create({ collection: '상품', name: '홈 실험', scenario: 'home', arms });
    expect(begun.arms).toMatchObject(arms);
    expect(await kindred.experiments.list()).toMatchObject([{ name: '홈 실험', state: 'running' }]);
    for (const of of ['상품', { collection: '상품' }]) {
      await kindred.experiments.list(of);
      expect(server.calls.at(-1)!.request).toMatchObject({ collection: '상품' });
    }
    const one = { collection: '상품', name: '홈 실험' };
    const { arms: results } = await kindred.experiments.status(one);
    expect(results[1]!.metrics[0]!.difference).toMatchObject({ verdict: 'win' });
    expect(await kindred.experiments.stop({ ...one, reason: '끝' })).toMatchObject({ state: 'stopped', reason: '끝' });
  });
});
