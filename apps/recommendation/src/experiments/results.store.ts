import type { Database } from '@kindred/database';
import type { UnitSums } from '@kindred/ranking';
import { ownedEvents, ownerSql, ownersSql, robotsSql, unitSession } from '../robots/robots-sql.ts';
import type { Experiment, MetricName } from './experiment.ts';

/** What was done with the answers of one arm; of an interleaving, with its hits. */
export interface ArmCounts {
  units: number;
  answers: number;
  impressions: number;
  clicks: number;
  conversions: number;
  revenue: number;
}

export interface CountedArm extends ArmCounts {
  /** By metric: of a split over all units, of an interleaving over those that preferred an arm. */
  sums: Partial<Record<MetricName, UnitSums>>;
}

export interface Counted {
  /** By name; of an interleaving by team, "0" and "1", and "holdout". Arms without answers are left out. */
  arms: Map<string, CountedArm>;
  robots: number;
  robotAnswers: number;
}

/** From an hour before the start: clocks differ. */
const during = `e.tenant_id = kindred.tenant() and e.collection_id = $1 and e.occurred_at >= $3::timestamptz - interval '1 hour'`;
const inTime = 'a.asked_at + make_interval(secs => $4::float8 * 86400)';

/** $1 collection, $2 experiment, $3 its start, $4 days in which an event counts, $5 events a minute above which a unit is a robot. */
const answersAndRobots = `answers as materialized (
    select row_number() over () as answer, r.arm, r.unit, r.members, r.request_id, r.asked_at, r.item_ids, r.teams,
        min(r.unit) over request <> max(r.unit) over request as shared
      from kindred.recommended r
     where r.tenant_id = kindred.tenant() and r.collection_id = $1 and r.experiment = $2 and r.experiment <> ''
    window request as (partition by r.request_id)),
  people as materialized (
    select u.unit, unnest(${ownersSql('u')}) as owner
      from (select distinct unit, members from answers) u ${unitSession('u')}),
  robots as materialized (
    select p.unit from people p join (${robotsSql(during, '$5')}) busy using (owner)
    union select a.unit from answers a group by a.unit, date_trunc('minute', a.asked_at) having count(*) > $5)`;

/**
 * Each event counts for one answer: the one it names (of a request's id that several people were answered under, its person's),
 * else (a purchase) the last one before it that showed the item to the person.
 */
const credited = `happened as materialized (
    select e.event_id, e.type, e.item_id, coalesce(e.value, 0) as value, e.request_id, e.occurred_at, ${ownerSql} as owner
      from ${ownedEvents} where ${during} and e.type in ('impression', 'click', 'purchase')),
  credited as materialized (
    select distinct on (c.event_id) c.* from (
      select h.event_id, h.type, h.value, a.answer, a.asked_at, a.teams[array_position(a.item_ids, h.item_id)] as team, 0 as way
        from happened h join answers a on a.request_id = h.request_id and h.item_id = any(a.item_ids) and h.occurred_at <= ${inTime}
        left join people p on p.unit = a.unit and p.owner = h.owner
       where not a.shared or p.unit is not null
      union all
      select h.event_id, h.type, h.value, a.answer, a.asked_at, a.teams[array_position(a.item_ids, h.item_id)], 1
        from happened h join people p using (owner)
        join answers a on a.unit = p.unit and h.item_id = any(a.item_ids) and h.occurred_at between a.asked_at and ${inTime}
       where h.type = 'purchase') c
     order by c.event_id, c.way, c.asked_at desc)`;

/** An interleaved answer has two sides, one of each team. */
const sides = `sides as (
    select a.answer, a.unit, coalesce(t.team::text, a.arm) as arm, t.team
      from answers a left join lateral (select team from (values (0), (1)) teams(team) where a.teams is not null) t on true
     where not exists (select from robots b where b.unit = a.unit)),
  per_side as materialized (
    select p.*, sum(clicks) over (partition by answer) as all_clicks, sum(conversions) over (partition by answer) as all_conversions,
        sum(revenue) over (partition by answer) as all_revenue
      from (select s.answer, s.unit, s.arm, s.team,
          count(*) filter (where c.type = 'impression') as impressions,
          count(*) filter (where c.type = 'click') as clicks,
          count(*) filter (where c.type = 'purchase') as conversions,
          coalesce(sum(c.value) filter (where c.type = 'purchase'), 0) as revenue
        from sides s left join credited c on c.answer = s.answer and (s.team is null or c.team = s.team)
       group by s.answer, s.unit, s.arm, s.team) p)`;

/** Of a split: per answer. Of an interleaving: of the answers that were decided (Chapelle et al. 2012, without ties). */
const sums = `per_unit as (
    select p.arm, p.unit, m.metric, sum(m.x)::float8 as x, sum(m.y)::float8 as y
      from per_side p cross join lateral (select * from (values
          ('click', (p.clicks > 0)::int::float8, 1::float8),
          ('conversion', (p.conversions > 0)::int, 1),
          ('revenue', p.revenue, 1)) split(metric, x, y) where p.team is null
        union all select * from (values
          ('click', (2 * p.clicks > p.all_clicks)::int::float8, (2 * p.clicks <> p.all_clicks)::int::float8),
          ('conversion', (2 * p.conversions > p.all_conversions)::int, (2 * p.conversions <> p.all_conversions)::int),
          ('revenue', p.revenue, p.all_revenue)) won(metric, x, y) where p.team is not null) m
     group by p.arm, p.unit, m.metric having sum(m.y) > 0),
  sums as (
    select arm, jsonb_object_agg(metric, jsonb_build_object('units', units, 'numerator', x, 'denominator', y,
        'numeratorSquares', xx, 'denominatorSquares', yy, 'products', xy)) as sums
      from (select arm, metric, count(*) as units, sum(x) as x, sum(y) as y, sum(x * x) as xx, sum(y * y) as yy, sum(x * y) as xy
        from per_unit group by arm, metric) by_metric group by arm)`;

const counts = `select arm, count(distinct unit)::float8 as units, count(*)::float8 as answers, sum(impressions)::float8 as impressions,
    sum(clicks)::float8 as clicks, sum(conversions)::float8 as conversions, sum(revenue)::float8 as revenue
  from per_side group by arm`;

interface Row extends CountedArm {
  robots: number;
  robot_answers: number;
  arm: string | null;
}

export interface CountedFrom {
  tenant: string;
  collectionId: number;
  signal?: AbortSignal;
}

/** Counts an experiment from the log of answers and the rows of events, each event once. One statement. */
export async function countExperiment(
  database: Database,
  { tenant, collectionId, signal }: CountedFrom,
  { name, startedAt, conversionDays }: Experiment,
  robotEventsPerMinute: number,
): Promise<Counted> {
  // Rows that came after the last ANALYZE are taken for one, and a nested loop over them takes minutes.
  const settings = { statement_timeout: '0', work_mem: '64MB', jit: 'off', enable_nestloop: 'off' };
  const rows = await database.query<Row>(
    { tenant, readOnly: true, settings, signal },
    `with ${answersAndRobots}, ${credited}, ${sides}, ${sums}
     select r.robots, r.robot_answers, c.*, coalesce(s.sums, '{}') as sums
       from (select count(distinct a.unit)::float8 as robots, count(*)::float8 as robot_answers
               from answers a where exists (select from robots b where b.unit = a.unit)) r
       left join (${counts}) c on true left join sums s on s.arm = c.arm`,
    [collectionId, name, startedAt, conversionDays, robotEventsPerMinute],
  );
  const arms = rows.flatMap(({ robots: _, robot_answers: __, arm, ...counted }): [string, CountedArm][] =>
    arm === null ? [] : [[arm, counted]],
  );
  return { arms: new Map(arms), robots: rows[0]!.robots, robotAnswers: rows[0]!.robot_answers };
}
