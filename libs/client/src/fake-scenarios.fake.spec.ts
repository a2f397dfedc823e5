import type { ServerUnaryCall } from '@grpc/grpc-js';
import { AbsenceCause, Scenario } from '@kindred/contracts';

type Call = ServerUnaryCall<Record<string, unknown>, unknown>;

const home = Scenario.fromPartial({ name: 'home', builtIn: true, sources: [{ name: 'popular', weight: 1 }] });

const cart = Scenario.fromPartial({
  name: 'cart',
  sources: [{ name: 'bought_together', weight: 1 }],
  exclude: { bought: true, boughtAgainAfterDays: 30, blockedCategories: ['성인'] },
  diversity: { strength: 0.2, attribute: '브랜드', maxPerValue: 2 },
  freshness: { weight: 0.3, halfLifeDays: 14 },
  halfLifeEvents: 10,
  fatigue: { freeImpressions: 3, factor: 0.7 },
  logged: true,
  randomize: { share: 0.1, depth: 5 },
});

/** One built-in scenario in the list, and one with rules to be shown; what is put comes back. */
export const fakeScenarios = {
  listScenarios: () => ({ scenarios: [home] }),
  getScenario: ({ request }: Call) => ({ scenario: request.name === 'cart' ? cart : home }),
  putScenario: ({ request }: Call) => ({ scenario: request.scenario }),
  deleteScenario: () => ({ deleted: true }),
  explainRecommendationAbsence: () => ({
    reasons: [{ cause: AbsenceCause.ABSENCE_CAUSE_BOUGHT, field: '', message: 'The person bought the item' }],
  }),
};
