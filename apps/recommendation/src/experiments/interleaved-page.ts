import { type Hit, limits } from '@kindred/contracts';
import { seededRandom, teamDraft } from '@kindred/ranking';
import { hashOf, offsetOf, pageToken } from '../recommend/page-token.ts';
import type { Prepared } from '../recommend/recommend.service.ts';
import type { Answer, Recommender } from '../recommend/recommender.ts';
import type { Experiment } from './experiment.ts';

export interface InterleavedPage extends Answer {
  /** How many hits the pages before it had. */
  offset: number;
  /** Of each hit: 0 for the first arm's, 1 for the second's. */
  teams: (0 | 1)[];
}

interface Ranking {
  hits: Hit[];
  last: Answer;
}

/**
 * A page drafted from the pages that both arms would have answered with. The same request draws the same lots, so that its
 * pages fit together; a page takes as many pages of both arms as lie before it, and its own.
 */
export async function interleavedPage(
  recommender: Recommender,
  { arms, salt }: Experiment,
  prepared: readonly [Prepared, Prepared],
): Promise<InterleavedPage> {
  const { request } = prepared[0].asked;
  const identity = ['interleaved', salt, ...prepared.map(({ asked }) => asked.identity)];
  const offset = offsetOf(request.pageToken, identity, request.limit);
  const end = offset + request.limit;
  const rankings = await Promise.all(prepared.map((one) => rankingOf(recommender, one, end)));
  const [left, right] = rankings.map(({ hits }) => hits.map(({ itemId }) => itemId));
  const drafted = teamDraft(left!, right!, end + 1, seededRandom(hashOf(identity).readUInt32LE(0)));
  const page = drafted.slice(offset, end);
  const known = rankings.map(({ hits }) => new Map(hits.map((hit) => [hit.itemId, hit])));
  const more = drafted.length > end || rankings.some(({ last }) => last.nextPageToken !== '');
  const plan = planOf(rankings);
  const counts = arms.map(({ name }, team) => `${page.filter((one) => one.team === team).length} of ${name}`);
  plan.notes.push(`Interleaved by an experiment: ${counts.join(', ')}`);
  return {
    hits: page.map(({ item, team }) => known[team]!.get(item)!),
    groups: [],
    nextPageToken: more && end + request.limit <= limits.pageDepth ? pageToken(identity, end) : '',
    plan,
    offset,
    teams: page.map(({ team }) => team),
  };
}

/** The first `end` hits, page by page: so an arm gives the hits that it would alone. */
async function rankingOf(
  recommender: Recommender,
  { asked, recipe, inspected }: Prepared,
  end: number,
): Promise<Ranking> {
  const { limit } = asked.request;
  const tokens = Array.from({ length: end / limit }, (_, at) =>
    at === 0 ? '' : pageToken(asked.identity, at * limit),
  );
  const pages = await Promise.all(
    tokens.map((token) =>
      recommender.answer({ ...asked, request: { ...asked.request, pageToken: token } }, recipe, inspected),
    ),
  );
  return { hits: pages.flatMap(({ hits }) => hits), last: pages.at(-1)! };
}

/** What ran for the first arm, with what either of them says. */
function planOf(rankings: readonly Ranking[]): Answer['plan'] {
  const plans = rankings.map(({ last }) => last.plan);
  return {
    ...plans[0]!,
    notes: [...new Set(plans.flatMap(({ notes }) => notes))],
    complete: plans.every(({ complete }) => complete),
    tookMs: Math.max(...plans.map(({ tookMs }) => tookMs)),
  };
}
