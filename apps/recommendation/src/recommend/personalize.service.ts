import { KindredError, limits, type PersonalizeRequest, type PersonalizeResponse } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import type { Experimenter } from '../experiments/experimenter.ts';
import { defaultScenario } from '../scenario/built-in-scenarios.ts';
import { decidingPartOf, noExclusions, type Scenario } from '../scenario/scenario.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import type { Held } from './answer-notes.ts';
import type { Gathered } from './gather.ts';
import type { Recipe } from './recipe.ts';
import { contentBelow, type Prepared, personOf } from './recommend.service.ts';
import type { Recommender } from './recommender.ts';
import { checkIds, checkRequest, identityOf } from './request.ts';

/** Answers Personalize: a given list in the order of a person's taste. */
export class PersonalizeService {
  constructor(
    private readonly recommender: Recommender,
    private readonly scenarios: Scenarios,
    private readonly experimenter: Experimenter,
  ) {}

  /** Throws a KindredError that names the field. Items that do not exist are left out. */
  personalize(request: PersonalizeRequest, caller: Caller, signal?: AbortSignal): Promise<PersonalizeResponse> {
    return this.experimenter.answer('personalize', request, caller, (one) => this.prepare(one, caller.tenant, signal));
  }

  async prepare(request: PersonalizeRequest, tenant: string, signal?: AbortSignal): Promise<Prepared> {
    const itemIds = checkIds('item_ids', request.itemIds);
    if (itemIds.length === 0) {
      throw new KindredError('FIELD_MISSING', 'item_ids', 'item_ids is empty; give the items to order');
    }
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const named = await this.scenarios.get(collection, request.scenario);
    const scenario =
      request.scenario === '' ? { ...defaultScenario, builtIn: true, exclude: noExclusions } : { ...named };
    // The list is the caller's: nothing is added to it.
    delete scenario.exploration;
    const checked = await checkRequest({ ...request, limit: request.limit ?? limits.pageLimit }, collection);
    const person = personOf(request);
    const recipe: Recipe = {
      person,
      from: 'history',
      itemIds: [],
      scenario,
      contentBelow,
      fill: 'never',
      among: itemIds,
      region: '',
    };
    const identity = identityOf(collection, checked, [person, itemIds, decidingPartOf(scenario), 'personalize']);
    return {
      asked: { collection, request: checked, identity, signal },
      recipe,
      inspected: { notes: (gathered, held) => notesOf(gathered, scenario, held) },
    };
  }
}

function notesOf({ seeds, region }: Gathered, { sources: { popular, trending } }: Scenario, held: Held): string[] {
  if (seeds.length > 0) return [];
  const trends = trending || (popular && region) ? `what trends${region && ` in ${region}`}` : '';
  const first = [trends, popular ? 'what is popular' : ''].filter((one) => one !== '').join(' and ');
  return [
    `Nothing is known that this person likes: ${first && held !== 'fills' ? `${first} comes first` : 'the items are in the given order'}`,
  ];
}
