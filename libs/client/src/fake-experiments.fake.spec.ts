import type { ServerUnaryCall } from '@grpc/grpc-js';
import { ArmResults, Experiment, GetExperimentStatusResponse, ReplayScenarioResponse } from '@kindred/contracts';

type Call = ServerUnaryCall<Record<string, unknown>, unknown>;

const running = Experiment.fromPartial({
  collection: '상품',
  name: '홈 실험',
  scenario: 'home',
  kind: 'split',
  arms: [
    { name: '지금', scenario: 'home', weight: 1 },
    { name: 'bold', scenario: 'home-bold', weight: 1, halted: 'revenue fell by more than 5 %: -12 % to -7 %' },
  ],
  metric: 'click',
  alpha: 0.05,
  conversionDays: 7,
  state: 'running',
  startedAt: new Date('2026-11-29T09:00:00Z'),
});

const counts = { units: 12_345n, answers: 40_000n, clicks: 4_000n, conversions: 40n, revenue: 1_234.5 };
const difference = { difference: 0.01, low: 0.004, high: 0.016, relative: 0.1, relativeLow: 0.04, relativeHigh: 0.16 };
const told = { ...difference, pAlways: 0.0004, verdict: 'win', detectable: 0.06, unitsForFivePercent: 17_778n };
/** So few that the control may have none. */
const unsure = { difference: 0.01, low: -0.005, high: 0.025, relative: 1, verdict: 'no difference yet' };
const status = GetExperimentStatusResponse.fromPartial({
  experiment: running,
  arms: [
    ArmResults.fromPartial({
      arm: '지금',
      ...counts,
      metrics: [
        { metric: 'click', value: 0.1 },
        { metric: 'conversion', value: 0.01 },
      ],
    }),
    ArmResults.fromPartial({
      arm: 'bold',
      ...counts,
      metrics: [
        { metric: 'click', value: 0.11, difference: told },
        { metric: 'conversion', value: 0.02, difference: unsure },
      ],
    }),
  ],
  alphaEach: 0.05,
  robots: 2n,
  robotAnswers: 9_000n,
  notes: ['bold: wins (click, beside 지금)', '2 robots were left out'],
});

const value = (of: number, around: number) => ({ value: of, low: of - around, high: of + around });
/** It found something, and does not know one of its values. */
const replayed = ReplayScenarioResponse.fromPartial({
  answers: 1_240n,
  units: 1n,
  changed: 0.42,
  unsupported: 0.031,
  effectivePlaces: 873.4,
  metrics: [
    {
      metric: 'click',
      logged: 0.41,
      verdict: 'more clicks: +2 % to +9 %',
      estimates: [
        { estimator: 'ips', ranked: value(0.42, 0.02), replayed: value(0.44, 0.04), difference: value(0.02, 0.03) },
        { estimator: 'snips', ranked: value(0.42, 0.02), replayed: {}, difference: {} },
      ],
    },
  ],
  notes: ['Not judged, since they differ from what is declared: quotas'],
});

/** One running experiment; what is created comes back as it runs. */
export const fakeExperiments = {
  createExperiment: ({ request }: Call) => ({ experiment: { ...running, ...(request.experiment as Experiment) } }),
  listExperiments: () => ({ experiments: [running] }),
  getExperimentStatus: () => status,
  stopExperiment: ({ request }: Call) => ({
    experiment: { ...running, state: 'stopped', reason: request.reason, stoppedAt: new Date('2026-11-30T09:00:00Z') },
  }),
  replayScenario: () => replayed,
};
