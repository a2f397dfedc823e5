import { KindredError, SimilarBy, type SimilarRequest, type SimilarResponse } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import type { Experimenter } from '../experiments/experimenter.ts';
import type { History } from '../history/history.store.ts';
import {
  decidingPartOf,
  noExclusions,
  type Scenario,
  type SourceName,
  type SourceWeights,
} from '../scenario/scenario.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import { type Held, insteadIs } from './answer-notes.ts';
import type { Gathered } from './gather.ts';
import type { Recipe } from './recipe.ts';
import { type Prepared, personOf } from './recommend.service.ts';
import type { Recommender } from './recommender.ts';
import { checkIds, checkRequest, identityOf } from './request.ts';

/** The content source runs whatever the other ones find. */
const everything = Number.POSITIVE_INFINITY;

const sourcesBy: Partial<Record<SimilarBy, SourceWeights>> = {
  [SimilarBy.SIMILAR_BY_UNSPECIFIED]: { collaborative: 0.6, content: 0.4 },
  [SimilarBy.SIMILAR_BY_BLEND]: { collaborative: 0.6, content: 0.4 },
  [SimilarBy.SIMILAR_BY_CONTENT]: { content: 1 },
  [SimilarBy.SIMILAR_BY_INTERACTIONS]: { collaborative: 1 },
  [SimilarBy.SIMILAR_BY_ALSO_VIEWED]: { viewed_together: 1 },
  [SimilarBy.SIMILAR_BY_ALSO_BOUGHT]: { bought_together: 1 },
};

/** Answers Similar: what goes with an item or a basket. */
export class SimilarService {
  constructor(
    private readonly recommender: Recommender,
    private readonly scenarios: Scenarios,
    private readonly experimenter: Experimenter,
  ) {}

  /** Throws ITEM_NOT_FOUND for an item that does not exist, and a KindredError that names the field for bad requests. */
  similar(request: SimilarRequest, caller: Caller, signal?: AbortSignal): Promise<SimilarResponse> {
    return this.experimenter.answer('similar', request, caller, (one) => this.prepare(one, caller.tenant, signal));
  }

  async prepare(request: SimilarRequest, tenant: string, signal?: AbortSignal): Promise<Prepared> {
    const sources = sourcesBy[request.by];
    if (!sources) {
      const known = Object.keys(SimilarBy).filter(
        (name) => name.startsWith('SIMILAR_BY_') && !name.endsWith('UNSPECIFIED'),
      );
      throw new KindredError('FIELD_INVALID', 'by', `by is ${request.by}; use ${known.join(', ')}`);
    }
    const itemIds = checkIds('item_ids', request.itemIds);
    if (itemIds.length === 0) throw new KindredError('FIELD_MISSING', 'item_ids', 'item_ids is empty; name an item');
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const scenario = await this.scenarioOf(request, sources, () => this.scenarios.get(collection, request.scenario));
    const checked = await checkRequest(request, collection);
    const recipe: Recipe = {
      person: personOf(request),
      from: 'items',
      itemIds: itemIds.toSorted(),
      scenario,
      contentBelow: everything,
      fill: 'when empty',
      region: '',
    };
    const identity = identityOf(collection, checked, [
      recipe.person,
      recipe.itemIds,
      decidingPartOf(scenario),
      'similar',
    ]);
    const inspected = {
      history: (history: History) => refuseMissing(history, request.itemIds),
      notes: (gathered: Gathered, held: Held) => notesOf(gathered, scenario.sources, held),
    };
    return { asked: { collection, request: checked, identity, signal }, recipe, inspected };
  }

  /** A named scenario gives the rules, and the sources where `by` does not say. */
  private async scenarioOf(
    { by, scenario, userId, sessionId }: SimilarRequest,
    sources: SourceWeights,
    named: () => Promise<Scenario>,
  ): Promise<Scenario> {
    if (scenario === '') {
      // Whoever is named is not given what they refused.
      const disliked = userId !== '' || sessionId !== '';
      return { name: '', sources, exclude: { ...noExclusions, disliked }, quotas: [] };
    }
    const found = await named();
    return by === SimilarBy.SIMILAR_BY_UNSPECIFIED ? found : { ...found, sources };
  }
}

function refuseMissing({ missingIds }: History, itemIds: readonly string[]): void {
  const at = itemIds.findIndex((id) => missingIds.includes(id));
  if (at < 0) return;
  const path = `item_ids[${at}]`;
  const message = `${path}: there is no item "${itemIds[at]}" in the collection; check the id`;
  throw new KindredError('ITEM_NOT_FOUND', path, message);
}

const nothingYet: Partial<Record<SourceName, string>> = {
  collaborative: 'Nobody who liked the items liked anything else yet',
  viewed_together: 'Nobody who viewed the items viewed anything else yet',
  bought_together: 'Nobody who bought the items bought anything else yet',
  next: 'Nobody turned to anything after the items yet',
};

const nothingLeft: Partial<Record<SourceName, string>> = {
  collaborative: 'All that people liked who liked the items is excluded',
  viewed_together: 'All that people viewed who viewed the items is excluded',
  bought_together: 'All that people bought who bought the items is excluded',
  next: 'All that people turned to after the items is excluded',
};

function notesOf({ pool, hasTaste }: Gathered, sources: SourceWeights, held: Held): string[] {
  const notes: string[] = [];
  if (sources.content && !hasTaste) notes.push('The items have no vector yet: nothing similar by content');
  const asked = (Object.keys(nothingYet) as SourceName[]).filter((name) => sources[name] && pool.found(name) === 0);
  for (const name of asked) notes.push((pool.foundExcluded(name) ? nothingLeft : nothingYet)[name]!);
  if (pool.size > 0) return notes;
  const is = asked.some((name) => pool.foundExcluded(name)) ? 'Nothing similar is left' : 'Nothing similar was found';
  return [...notes, `${is}${insteadIs('what is popular', held)}`];
}
