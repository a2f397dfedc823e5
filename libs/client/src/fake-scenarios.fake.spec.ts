import type { ServerUnaryCall } from '@grpc/grpc-js';
import { AbsenceCause, Scenario } from '@kindred/contracts';

type Call = ServerUnaryCall<Record<string, unknown>, unknown>;

const home = Scenario.fromPartial({ name: 'home', builtIn: true, sources: [{ name: 'popular', weight: 1 }] });

/** One built-in scenario; what is put comes back. */
export const fakeScenarios = {
  listScenarios: () => ({ scenarios: [home] }),
  getScenario: () => ({ scenario: home }),
  putScenario: ({ request }: Call) => ({ scenario: request.scenario }),
  deleteScenario: () => ({ deleted: true }),
  explainRecommendationAbsence: () => ({
    reasons: [{ cause: AbsenceCause.ABSENCE_CAUSE_BOUGHT, field: '', message: 'The person bought the item' }],
  }),
};
