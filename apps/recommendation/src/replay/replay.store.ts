import type { Database } from '@kindred/database';
import { groupBy } from '@kindred/messaging';
import type { CollectionRow } from '@kindred/vector-index';
import { ownedEvents, ownerSql, ownersSql, unitSession } from '../robots/robots-sql.ts';
import type { NotedAnswer } from './replayed-answer.ts';

export interface NotedQuery {
  collection: CollectionRow;
  /** As it was asked for. */
  scenario: string;
  /** Answers since so many days. */
  days: number;
  /** The newest so many. */
  most: number;
}

interface AnswerRow extends Omit<NotedAnswer, 'clicks' | 'conversions' | 'revenue'> {
  call: string;
  /** Whose answer it is, as events are owned. */
  owners: string[];
  /** Others were answered under its request's id. */
  shared: boolean;
}

interface EventRow {
  request_id: string;
  item_id: string;
  owner: string;
  clicked: number;
  bought: number;
  revenue: number;
}

/** Candidates of so many answers are in memory at once. */
const perStatement = 2_000;

/** First pages whose order was left to chance and what came of them, newest first. Events count that name the answer. */
export async function* readNoted(database: Database, query: NotedQuery): AsyncGenerator<NotedAnswer> {
  let behind: AnswerRow | undefined;
  for (let left = query.most; left > 0; ) {
    const limit = Math.min(left, perStatement);
    const answers: AnswerRow[] = await readAnswers(database, query, behind, limit);
    const requestIds = answers.map((answer) => answer.request_id);
    const events = await readEvents(database, query.collection, requestIds);
    // Put together here: a planner that knows nothing of the tables yet would compare each with each.
    const ofItem = groupBy(events, (event) => keyOf(event.request_id, event.item_id));
    for (const answer of answers) yield withOutcomes(answer, ofItem);
    left = answers.length < limit ? 0 : left - answers.length;
    behind = answers.at(-1);
  }
}

const keyOf = (requestId: string, itemId: string) => `${requestId}\n${itemId}`;

function withOutcomes(answer: AnswerRow, ofItem: ReadonlyMap<string, EventRow[]>): NotedAnswer {
  const isOfAnswer = ({ owner }: EventRow) => !answer.shared || answer.owners.includes(owner);
  const happened = answer.item_ids.map((id) => (ofItem.get(keyOf(answer.request_id, id)) ?? []).filter(isOfAnswer));
  return {
    ...answer,
    clicks: happened.map((events) => Math.max(0, ...events.map((event) => event.clicked))),
    conversions: happened.map((events) => Math.max(0, ...events.map((event) => event.bought))),
    revenue: happened.map((events) => events.reduce((sum, event) => sum + event.revenue, 0)),
  };
}

function readAnswers(
  database: Database,
  { collection: { tenant, collectionId }, scenario, days }: NotedQuery,
  behind: AnswerRow | undefined,
  limit: number,
): Promise<AnswerRow[]> {
  return database.query<AnswerRow>(
    { tenant, readOnly: true },
    `select r.request_id, r.call, r.unit, r.asked_at::text as asked_at, r.item_ids, r.candidates,
        ${ownersSql('r')} as owners,
        exists (select from kindred.recommended o where o.tenant_id = kindred.tenant() and o.collection_id = r.collection_id
          and o.request_id = r.request_id and o.unit <> r.unit) as shared
       from kindred.recommended r
       ${unitSession('r')}
      where r.tenant_id = kindred.tenant() and r.collection_id = $1::int and r.scenario = $2 and r.first_position = 0
        and r.candidates is not null and r.asked_at > now() - make_interval(secs => $3::float8 * 86400)
        and ($4::timestamptz is null or (r.asked_at, r.request_id, r.call, r.unit) < ($4, $5, $6, $7))
      order by r.asked_at desc, r.request_id desc, r.call desc, r.unit desc limit $8::int`,
    [
      collectionId,
      scenario,
      days,
      behind?.asked_at ?? null,
      behind?.request_id ?? null,
      behind?.call ?? null,
      behind?.unit ?? null,
      limit,
    ],
  );
}

function readEvents(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  requestIds: readonly string[],
): Promise<EventRow[]> {
  return database.query<EventRow>(
    { tenant, readOnly: true },
    `select e.request_id, e.item_id, ${ownerSql} as owner, max((e.type = 'click')::int) as clicked, max((e.type = 'purchase')::int) as bought,
        coalesce(sum(e.value) filter (where e.type = 'purchase'), 0)::float8 as revenue
       from ${ownedEvents}
      where e.tenant_id = kindred.tenant() and e.collection_id = $1::int and e.request_id = any($2::text[])
        and e.type in ('click', 'purchase')
      group by 1, 2, 3`,
    [collectionId, requestIds],
  );
}
