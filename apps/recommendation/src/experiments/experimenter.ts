import type { Hit, HitGroup } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import { offsetOf } from '../recommend/page-token.ts';
import { type Prepared, personOf } from '../recommend/recommend.service.ts';
import type { Answer, Recommender } from '../recommend/recommender.ts';
import { defaultScenario } from '../scenario/built-in-scenarios.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import { type Assignment, assignmentOf, type Unit, unitOf } from './assignment.ts';
import type { RecommendedRow } from './recommended.store.ts';
import type { RecommendedLog } from './recommended-log.ts';

/** A request that may name a scenario. */
export interface Testable {
  collection: string;
  scenario: string;
  userId: string;
  sessionId: string;
  userIds?: readonly string[];
}

export interface Answered extends Answer {
  requestId: string;
  /** Empty: none. */
  experiment: string;
  arm: string;
}

type Call = RecommendedRow['call'];

/** Who asked for what, in which arm. */
interface Asking {
  call: Call;
  caller: Caller;
  /** As it was asked for. */
  scenario: string;
  assignment: Assignment | undefined;
}

/** Answers requests by the scenario of the arm that their person is in, and notes what was shown. */
export class Experimenter {
  constructor(
    private readonly recommender: Recommender,
    private readonly scenarios: Scenarios,
    private readonly log: RecommendedLog,
  ) {}

  /** Throws what `prepare` throws for the request. */
  async answer<Request extends Testable>(
    call: Call,
    request: Request,
    caller: Caller,
    prepare: (request: Request) => Promise<Prepared>,
  ): Promise<Answered> {
    const scenario = scenarioOf(call, request);
    const assignment = await this.assignmentOf(scenario, request, caller.tenant);
    const prepared = await prepare(assignment ? { ...request, scenario: assignment.scenario } : request);
    const answer = await this.recommender.answer(prepared.asked, prepared.recipe, prepared.inspected);
    const { experiment, arm } = this.noted({ call, caller, scenario, assignment }, prepared, answer);
    return { requestId: caller.requestId, ...answer, experiment, arm };
  }

  private async assignmentOf(scenario: string, request: Testable, tenant: string): Promise<Assignment | undefined> {
    if (scenario === '') return undefined;
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const experiment = await this.scenarios.experimentOn(collection, scenario);
    const unit = experiment && unitOf(personOf(request));
    return unit && assignmentOf(experiment, unit);
  }

  /** Notes the answer where that is wanted; returns what it belongs to. */
  private noted(asking: Asking, prepared: Prepared, answer: Answer): { experiment: string; arm: string } {
    const { assignment, caller } = asking;
    const counts = assignment?.counted ?? prepared.recipe.scenario.logged ?? false;
    if (counts) this.log.note(caller.tenant, recommendedRow(asking, prepared, answer));
    return { experiment: assignment?.experiment.name ?? '', arm: assignment?.arm ?? '' };
  }
}

/** Requests without a scenario are answered by rules of their call, except those for people. */
const scenarioOf = (call: Call, { scenario }: Testable): string =>
  scenario === '' && call === 'recommend' ? defaultScenario.name : scenario;

function recommendedRow(
  { call, caller, scenario, assignment }: Asking,
  prepared: Prepared,
  answer: Answer,
): RecommendedRow {
  const { collection, request, identity } = prepared.asked;
  const unit: Unit | undefined = unitOf(prepared.recipe.person);
  return {
    collection_id: collection.collectionId,
    request_id: caller.requestId,
    call,
    scenario,
    first_position: offsetOf(request.pageToken, identity, request.limit),
    asked_at: new Date().toISOString(),
    experiment: assignment?.experiment.name ?? '',
    arm: assignment?.arm ?? '',
    unit: unit?.key ?? '',
    members: unit?.members,
    item_ids: itemIdsOf(answer),
  };
}

const itemIdsOf = ({ hits, groups }: { hits: Hit[]; groups: HitGroup[] }): string[] =>
  [...hits, ...groups.flatMap((group) => group.hits)].map(({ itemId }) => itemId);
