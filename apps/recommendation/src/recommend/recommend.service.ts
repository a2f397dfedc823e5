import { type Filter, KindredError, type RecommendRequest, type RecommendResponse } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import type { Experimenter } from '../experiments/experimenter.ts';
import { isNobody, type Person } from '../history/people-sql.ts';
import { decidingPartOf } from '../scenario/scenario.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import { type Held, insteadIs } from './answer-notes.ts';
import type { Gathered } from './gather.ts';
import type { Asked, Recipe } from './recipe.ts';
import type { Inspected, Recommender } from './recommender.ts';
import { checkId, checkIds, checkRequest, identityOf } from './request.ts';

/** Who has this many candidates by other people's tastes needs none by content, which costs a scan of vectors. */
export const contentBelow = 100;

/** A checked request, what to make of it, and what to tell of it. */
export interface Prepared {
  asked: Asked;
  recipe: Recipe;
  inspected: Inspected;
  /** What the filter was made of, where the caller gave not all of it as one. */
  given?: { filter: Filter | undefined; category: string };
}

/** Answers Recommend: for a user, a session, a household or nobody. */
export class RecommendService {
  constructor(
    private readonly recommender: Recommender,
    private readonly scenarios: Scenarios,
    private readonly experimenter: Experimenter,
  ) {}

  /** Throws a KindredError that names the field. An unknown user is a new one, not an error. */
  recommend(request: RecommendRequest, caller: Caller, signal?: AbortSignal): Promise<RecommendResponse> {
    return this.experimenter.answer('recommend', request, caller, (one) => this.prepare(one, caller.tenant, signal));
  }

  async prepare(request: RecommendRequest, tenant: string, signal?: AbortSignal): Promise<Prepared> {
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const scenario = await this.scenarios.get(collection, request.scenario);
    const checked = await checkRequest(request, collection);
    const person = personOf(request);
    const picks = checkIds('picks', request.picks);
    const region = checkRegion(request.region);
    const recipe: Recipe = { person, from: 'history', itemIds: picks, scenario, contentBelow, fill: 'always', region };
    const identity = identityOf(collection, checked, [person, picks, region, decidingPartOf(scenario), 'recommend']);
    const notes = (gathered: Gathered, held: Held) => notesOf(gathered, recipe, held);
    return { asked: { collection, request: checked, identity, signal }, recipe, inspected: { notes } };
  }
}

/** Throws a KindredError that names the field. */
export function personOf(request: { userId: string; sessionId: string; userIds?: readonly string[] }): Person {
  const userId = checkId('user_id', request.userId);
  const userIds = checkIds('user_ids', request.userIds ?? []);
  const everybody = userId === '' ? userIds : [userId, ...userIds.filter((id) => id !== userId)];
  return { userIds: everybody.toSorted(), sessionId: checkId('session_id', request.sessionId) };
}

export function checkRegion(region: string): string {
  checkId('region', region);
  if (region.trim() === region) return region;
  throw new KindredError('FIELD_INVALID', 'region', 'region begins or ends with blanks; leave them out');
}

function notesOf({ history, region }: Gathered, recipe: Recipe, held: Held): string[] {
  const instead = insteadIs(insteadOf(recipe, region), held);
  if (isNobody(recipe.person)) return [`No user or session was given${instead}`];
  if (history.items.length > 0) return [];
  return [`Nothing is known of this user or session in this collection yet${instead}`];
}

/** What an answer to somebody of whom nothing is known is made of. */
function insteadOf({ itemIds: picks, scenario: { sources } }: Recipe, region: string): string {
  if (picks.length > 0) return 'what goes with the picks, and what is popular';
  if (!sources.popular && sources.trending) return `what trends${region && ` in ${region}`}, then what is popular`;
  return region && sources.popular ? `what is popular in ${region}, then everywhere` : 'what is popular';
}
