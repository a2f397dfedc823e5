import { limits } from '@kindred/contracts';
import { seededRandom, teamDraft } from '@kindred/ranking';
import { hashOf, pageToken, positionOf } from '../recommend/page-token.ts';
import type { Prepared } from '../recommend/recommend.service.ts';
import type { Answer, Recommender } from '../recommend/recommender.ts';
import type { Experiment } from './experiment.ts';

export interface InterleavedPage extends Answer {
  /** How many hits the pages before it had. */
  offset: number;
  /** Of each hit: 0 for the first arm's, 1 for the second's. */
  teams: (0 | 1)[];
}

/**
 * A page drafted from what both arms would have answered with, of what was not shown yet. The same request draws the same
 * lots, and a page goes on with them where the pages before ended.
 */
export async function interleavedPage(
  recommender: Recommender,
  { arms, salt }: Experiment,
  prepared: readonly [Prepared, Prepared],
): Promise<InterleavedPage> {
  const { request } = prepared[0].asked;
  const { limit } = request;
  const identity = ['interleaved', salt, ...prepared.map(({ asked }) => asked.identity)];
  const before = positionOf(request, identity);
  const offset = before.shown.count;
  const answers = await Promise.all(
    prepared.map(({ asked, recipe, inspected }) => recommender.answer(asked, recipe, inspected, before)),
  );
  const [left, right] = answers.map(({ hits }) => hits.map(({ itemId }) => itemId));
  const random = seededRandom(hashOf(identity).readUInt32LE(0));
  const drafted = teamDraft(left!, right!, limit + 1, random, offset);
  const page = drafted.slice(0, limit);
  const keys = page.map(({ item }) => item);
  const known = answers.map(({ hits }) => new Map(hits.map((hit) => [hit.itemId, hit])));
  const more = drafted.length > limit || answers.some(({ nextPageToken }) => nextPageToken !== '');
  const hasNext = more && offset + keys.length + limit <= limits.pageDepth;
  const plan = planOf(answers);
  const counts = arms.map(({ name }, team) => `${page.filter((one) => one.team === team).length} of ${name}`);
  plan.notes.push(`Interleaved by an experiment: ${counts.join(', ')}`);
  return {
    hits: page.map(({ item, team }) => known[team]!.get(item)!),
    groups: [],
    nextPageToken: hasNext ? pageToken(identity, before, keys) : '',
    plan,
    offset,
    teams: page.map(({ team }) => team),
  };
}

/** What ran for the first arm, with what either of them says. */
function planOf(answers: readonly Answer[]): Answer['plan'] {
  const plans = answers.map(({ plan }) => plan);
  return {
    ...plans[0]!,
    notes: [...new Set(plans.flatMap(({ notes }) => notes))],
    complete: plans.every(({ complete }) => complete),
    tookMs: Math.max(...plans.map(({ tookMs }) => tookMs)),
  };
}
