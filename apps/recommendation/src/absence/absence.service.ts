import {
  type AbsenceReason,
  type ExplainRecommendationAbsenceRequest,
  type ExplainRecommendationAbsenceResponse,
  KindredError,
} from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import { blockingReasons, invalid, placed, readItemFacts, unknownItem } from '@kindred/vector-index';
import type { Call, Experimenter, Testable } from '../experiments/experimenter.ts';
import { AnswerPlan } from '../recommend/answer-plan.ts';
import type { Gatherer } from '../recommend/gather.ts';
import type { NextService } from '../recommend/next.service.ts';
import { type PagePosition, positionOf } from '../recommend/page-token.ts';
import type { PersonalizeService } from '../recommend/personalize.service.ts';
import type { Prepared, RecommendService } from '../recommend/recommend.service.ts';
import type { Recommender } from '../recommend/recommender.ts';
import { checkId } from '../recommend/request.ts';
import type { SimilarService } from '../recommend/similar.service.ts';
import type { TrendingService } from '../recommend/trending.service.ts';
import { readShopFacts } from './absence.store.ts';
import { categoryReasons, personalReasons, shopReasons } from './absence-reasons.ts';
import { standingOf } from './standing.ts';

/** The services whose answers are explained. */
export interface Answering {
  recommend: RecommendService;
  similar: SimilarService;
  personalize: PersonalizeService;
  trending: TrendingService;
  next: NextService;
}

interface Preparing<Request> {
  prepare(request: Request, tenant: string, signal?: AbortSignal): Promise<Prepared>;
}

/** Tells why an item is not among the hits: its own state, what the person did with it, a rule, or better hits. */
export class AbsenceService {
  constructor(
    private readonly recommender: Recommender,
    private readonly gatherer: Gatherer,
    private readonly answering: Answering,
    private readonly experimenter: Experimenter,
  ) {}

  /** Answers the request; throws what it would throw, below its field. */
  async explain(
    { request, itemId }: ExplainRecommendationAbsenceRequest,
    { tenant }: Caller,
    signal?: AbortSignal,
  ): Promise<ExplainRecommendationAbsenceResponse> {
    if (!request) {
      const message =
        'request is missing; give the one that lacks the item: recommend, similar, personalize, trending or next_in_session';
      throw new KindredError('FIELD_MISSING', 'request', message);
    }
    if (itemId === '') throw new KindredError('FIELD_MISSING', 'item_id', 'item_id is empty; name the missing item');
    checkId('item_id', itemId);
    const prepared = await this.prepare(request, tenant, signal);
    const { asked, recipe, inspected } = prepared;
    const before = positionOf(asked.request, asked.identity);
    const page = await this.recommender.answer(asked, recipe, inspected, before);
    const hits = [...page.hits, ...page.groups.flatMap((group) => group.hits)];
    const place = hits.findIndex((hit) => hit.itemId === itemId);
    if (place >= 0) return { position: BigInt(before.shown.count + place + 1), reasons: [] };
    return { reasons: await this.reasons(prepared, itemId, before) };
  }

  private async prepare(
    request: NonNullable<ExplainRecommendationAbsenceRequest['request']>,
    tenant: string,
    signal?: AbortSignal,
  ): Promise<Prepared> {
    const { recommend, similar, personalize, trending, next } = this.answering;
    /** As the arm of the person is asked. */
    const assigned = async <Request extends Testable>(call: Call, asked: Request, by: Preparing<Request>) =>
      by.prepare(await this.experimenter.asAssigned(call, asked, tenant), tenant, signal);
    switch (request.$case) {
      case 'recommend':
        return await below('recommend', assigned('recommend', request.value, recommend));
      case 'similar':
        return await below('similar', assigned('similar', request.value, similar));
      case 'personalize':
        return await below('personalize', assigned('personalize', request.value, personalize));
      case 'trending':
        return await below('trending', trending.prepare(request.value, tenant, signal));
      case 'nextInSession':
        return await below('next_in_session', assigned('next', request.value, next));
      default:
        throw invalid(
          'request',
          'is none that can be explained',
          'give recommend, similar, personalize, trending or next_in_session',
        );
    }
  }

  private async reasons(prepared: Prepared, itemId: string, { shown }: PagePosition): Promise<AbsenceReason[]> {
    const { asked, recipe } = prepared;
    const { collection, request, signal } = asked;
    const { filter, category } = prepared.given ?? { filter: request.filter, category: '' };
    const scope = { tenant: collection.tenant, readOnly: true, signal };
    const { facts, shop } = await this.recommender.database.transaction(scope, async (sql) => ({
      facts: await readItemFacts(sql, collection, { itemId, filter, terms: [] }),
      shop: await readShopFacts(sql, collection, itemId),
    }));
    if (!facts) return [unknownItem({ itemId, collection: collection.name })];
    const isExample = recipe.from === 'items' && recipe.itemIds.includes(itemId);
    const blocking = blockingReasons(facts, isExample);
    if (facts.deleted || !shop) return blocking;
    const gathered = await this.gatherer.gather(asked, recipe, new AnswerPlan(), () => {});
    const why = [
      ...blocking,
      ...categoryReasons(shop, category),
      ...shopReasons(shop, recipe, gathered),
      ...personalReasons(itemId, recipe, gathered),
    ];
    if (why.length > 0) return why;
    const hasSource = recipe.among !== undefined || gathered.pool.all().some((one) => one.itemId === itemId);
    return [await standingOf(this.recommender, prepared, { itemId, shown, hasSource })];
  }
}

async function below<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw placed(error, path);
  }
}
