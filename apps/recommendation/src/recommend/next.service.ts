import { KindredError, type NextInSessionRequest, type NextInSessionResponse } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import type { Experimenter } from '../experiments/experimenter.ts';
import { isNobody } from '../history/people-sql.ts';
import { decidingPartOf, type Scenario, usualExclusions } from '../scenario/scenario.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import { type Held, insteadIs } from './answer-notes.ts';
import type { Gathered } from './gather.ts';
import type { Recipe } from './recipe.ts';
import { contentBelow, type Prepared, personOf } from './recommend.service.ts';
import type { Recommender } from './recommender.ts';
import { checkIds, checkRequest, identityOf } from './request.ts';

const nextScenario: Scenario = {
  name: '',
  sources: { next: 0.6, collaborative: 0.25, content: 0.1, popular: 0.05 },
  exclude: usualExclusions,
  quotas: [],
};

/** Answers NextInSession: what people turned to after what this person turned to last. */
export class NextService {
  constructor(
    private readonly recommender: Recommender,
    private readonly scenarios: Scenarios,
    private readonly experimenter: Experimenter,
  ) {}

  /** Throws a KindredError that names the field. */
  next(request: NextInSessionRequest, caller: Caller, signal?: AbortSignal): Promise<NextInSessionResponse> {
    return this.experimenter.answer('next', request, caller, (one) => this.prepare(one, caller.tenant, signal));
  }

  async prepare(request: NextInSessionRequest, tenant: string, signal?: AbortSignal): Promise<Prepared> {
    const person = personOf(request);
    const itemIds = lastTimes(request.itemIds);
    if (isNobody(person) && itemIds.length === 0) {
      const message = 'session_id is missing; give a session, a user or item_ids: what comes next depends on them';
      throw new KindredError('FIELD_MISSING', 'session_id', message);
    }
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const named = await this.scenarios.get(collection, request.scenario);
    const scenario = request.scenario === '' ? nextScenario : named;
    const checked = await checkRequest(request, collection);
    const recipe: Recipe = { person, from: 'session', itemIds, scenario, contentBelow, fill: 'always', region: '' };
    const identity = identityOf(collection, checked, [person, itemIds, decidingPartOf(scenario), 'next']);
    return { asked: { collection, request: checked, identity, signal }, recipe, inspected: { notes: notesOf } };
  }
}

/** Each item once, at its last place. */
function lastTimes(ids: readonly string[]): string[] {
  checkIds('item_ids', ids);
  return [...new Set(ids.toReversed())].toReversed();
}

function notesOf({ seeds, pool }: Gathered, held: Held): string[] {
  if (seeds.length === 0) return [`Nothing was turned to yet${insteadIs('what is popular', held)}`];
  if (pool.found('next') > 0) return [];
  const is = pool.foundExcluded('next')
    ? 'All that people turned to after these items is excluded'
    : 'Nobody turned to anything after these items yet';
  return [`${is}${insteadIs('what goes with them', held)}`];
}
