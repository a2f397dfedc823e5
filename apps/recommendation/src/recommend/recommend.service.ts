import { KindredError, type RecommendRequest, type RecommendResponse } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import type { Figures } from './candidates.store.ts';
import type { Recipe, Recommender } from './recommender.ts';
import { checkId, checkIds, checkRequest, identityOf } from './request.ts';
import type { Origin } from './seeds.store.ts';

/** Measured on ml-latest-small; see docs/adr/0006. */
const weights = { collaborative: 0.65, content: 0.25, popular: 0.1 };
/** Who has this many candidates by other people's tastes needs none by content, which costs a scan of vectors. */
const contentBelow = 100;
const scenarios = ['default'];

/** Answers Recommend: for a user, a session, a household or nobody. */
export class RecommendService {
  constructor(private readonly recommender: Recommender) {}

  /** Throws a KindredError that names the field. An unknown user is a new one, not an error. */
  async recommend(
    request: RecommendRequest,
    { tenant, requestId }: Caller,
    signal?: AbortSignal,
  ): Promise<RecommendResponse> {
    checkScenario(request.scenario);
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const checked = checkRequest(request, collection);
    const origin = originOf(request);
    const recipe: Recipe = { origin, weights, contentBelow, fill: 'always' };
    const identity = identityOf(tenant, collection, checked, [origin, 'recommend']);
    const asked = { tenant, collection, request: checked, identity, signal };
    return { requestId, ...(await this.recommender.answer(asked, recipe, (figures) => notesOf(figures, origin))) };
  }
}

function checkScenario(scenario: string): void {
  if (scenario === '' || scenarios.includes(scenario)) return;
  const message = `There is no scenario "${scenario}"; leave it empty or use ${scenarios.join(', ')}`;
  throw new KindredError('FIELD_INVALID', 'scenario', message);
}

function originOf(request: RecommendRequest): Origin & { kind: 'history' } {
  const userId = checkId('user_id', request.userId);
  const userIds = checkIds('user_ids', request.userIds);
  const everybody = userId === '' ? userIds : [userId, ...userIds.filter((id) => id !== userId)];
  return { kind: 'history', userIds: everybody.toSorted(), sessionId: checkId('session_id', request.sessionId) };
}

function notesOf(figures: Figures, { userIds, sessionId }: Origin & { kind: 'history' }): string[] {
  const isNobody = userIds.length === 0 && sessionId === '';
  if (isNobody) return ['No user or session was given: what is popular'];
  if (figures.known_items === 0)
    return ['Nothing is known of this user or session in this collection yet: what is popular'];
  return [];
}
