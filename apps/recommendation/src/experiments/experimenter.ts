import type { GroupBy, Hit, HitGroup } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import { positionOf } from '../recommend/page-token.ts';
import { type Prepared, personOf } from '../recommend/recommend.service.ts';
import type { Answer, Recommender } from '../recommend/recommender.ts';
import { defaultScenario } from '../scenario/built-in-scenarios.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import { type Assignment, assignmentOf, unitOf } from './assignment.ts';
import { interleavedPage } from './interleaved-page.ts';
import type { RecommendedRow } from './recommended.store.ts';
import type { RecommendedLog } from './recommended-log.ts';

/** A request that may name a scenario. */
export interface Testable {
  collection: string;
  scenario: string;
  userId: string;
  sessionId: string;
  userIds?: readonly string[];
  groupBy?: GroupBy | undefined;
}

export interface Answered extends Omit<Answer, 'candidates'> {
  requestId: string;
  /** Empty: none. */
  experiment: string;
  arm: string;
}

export type Call = RecommendedRow['call'];

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
    const asking = { call, caller, scenario, assignment };
    if (assignment?.arm === '') return this.interleaved({ ...asking, assignment }, request, prepare);
    const prepared = await prepare(assigned(request, assignment));
    const asked = { ...prepared.asked, drawnBy: caller.requestId };
    const { recipe, inspected } = prepared;
    const before = positionOf(asked.request, asked.identity);
    const { candidates, ...answer } = await this.recommender.answer(asked, recipe, inspected, before);
    const { logged, randomize } = recipe.scenario;
    const counted = assignment?.counted ? assignment : undefined;
    // An answer that no experiment counts is still one of its scenario.
    if (counted || logged || randomize)
      this.note({ ...asking, assignment: counted }, prepared, { ...answer, candidates, offset: before.shown.count });
    const { experiment, arm = '' } = assignment ?? {};
    return { requestId: caller.requestId, ...answer, experiment: experiment?.name ?? '', arm };
  }

  /** The request as its person's arm is asked; of an interleaving, as the control. */
  async asAssigned<Request extends Testable>(call: Call, request: Request, tenant: string): Promise<Request> {
    return assigned(request, await this.assignmentOf(scenarioOf(call, request), request, tenant));
  }

  private async interleaved<Request extends Testable>(
    asking: Asking & { assignment: Assignment },
    request: Request,
    prepare: (request: Request) => Promise<Prepared>,
  ): Promise<Answered> {
    const { experiment } = asking.assignment;
    const [left, right] = experiment.arms;
    const prepared = [
      await prepare({ ...request, scenario: left!.scenario }),
      await prepare({ ...request, scenario: right!.scenario }),
    ] as const;
    const { offset, teams, ...answer } = await interleavedPage(this.recommender, experiment, prepared);
    this.note(asking, prepared[0], { ...answer, offset, teams });
    return { requestId: asking.caller.requestId, ...answer, experiment: experiment.name, arm: '' };
  }

  private async assignmentOf(scenario: string, request: Testable, tenant: string): Promise<Assignment | undefined> {
    if (scenario === '') return undefined;
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const experiment = await this.scenarios.experimentOn(collection, scenario);
    const unit = experiment && unitOf(personOf(request));
    return unit && assignmentOf(experiment, unit, request.groupBy !== undefined);
  }

  private note(asking: Asking, prepared: Prepared, shown: ShownAnswer): void {
    this.log.note(asking.caller.tenant, recommendedRow(asking, prepared, shown));
  }
}

/** Requests without a scenario are answered by rules of their call, except those for people. */
const scenarioOf = (call: Call, { scenario }: Testable): string =>
  scenario === '' && call === 'recommend' ? defaultScenario.name : scenario;

function assigned<Request extends Testable>(request: Request, assignment: Assignment | undefined): Request {
  return assignment ? { ...request, scenario: assignment.scenario } : request;
}

interface ShownAnswer extends Pick<Answer, 'hits' | 'groups' | 'candidates'> {
  offset: number;
  teams?: readonly (0 | 1)[];
}

function recommendedRow(
  { call, caller, scenario, assignment }: Asking,
  prepared: Prepared,
  shown: ShownAnswer,
): RecommendedRow {
  const { asked, recipe } = prepared;
  const unit = unitOf(recipe.person);
  const hits: Hit[] = [...shown.hits, ...shown.groups.flatMap((group: HitGroup) => group.hits)];
  return {
    collection_id: asked.collection.collectionId,
    request_id: caller.requestId,
    call,
    scenario,
    first_position: shown.offset,
    asked_at: new Date().toISOString(),
    experiment: assignment?.experiment.name ?? '',
    arm: assignment?.arm ?? '',
    unit: unit?.key ?? '',
    members: unit?.members,
    item_ids: hits.map(({ itemId }) => itemId),
    teams: shown.teams,
    candidates: shown.candidates,
  };
}
