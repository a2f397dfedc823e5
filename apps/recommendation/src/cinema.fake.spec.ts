import {
  AbsenceCause,
  Experiment,
  type ExplainRecommendationAbsenceRequest,
  ExplainRecommendationAbsenceRequest as ExplainRecommendationAbsenceRequestMessage,
  type Hit,
  type NextInSessionRequest,
  NextInSessionRequest as NextInSessionRequestMessage,
  type PersonalizeRequest,
  PersonalizeRequest as PersonalizeRequestMessage,
  type RecommendRequest,
  RecommendRequest as RecommendRequestMessage,
  type Scenario,
  Scenario as ScenarioMessage,
  type SimilarRequest,
  SimilarRequest as SimilarRequestMessage,
  type TrendingRequest,
  TrendingRequest as TrendingRequestMessage,
  topics,
  type UserChange,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type Caller, openLog } from '@kindred/runtime';
import { ensureModel, type ModelTable, upsertVectors } from '@kindred/vector-index';
import { delivered } from '../../../test/support/recorded-messaging.ts';
import type { AbsenceService, Answering } from './absence/absence.service.ts';
import { answeringOf } from './answering.ts';
import type { ExperimentService } from './experiments/experiment.service.ts';
import { ExperimentWatch } from './experiments/experiment-watch.ts';
import type { RecommendedLog } from './experiments/recommended-log.ts';
import { Models } from './models.ts';
import { Rebuilder } from './rebuild/rebuilder.ts';
import type { ReplayService } from './replay/replay.service.ts';
import type { ScenarioService } from './scenario/scenario.service.ts';
import { settingsOf } from './settings.ts';
import { TasteService } from './taste/taste.service.ts';
import { UserChangesService } from './taste/user-changes.service.ts';

export interface Film {
  id: string;
  title?: string;
  stock?: number;
  hidden?: boolean;
  categories?: string[];
  /** Angle of its vector in the plane of tastes, degrees; absent: not embedded yet. */
  angle?: number;
}

export interface Event {
  id?: string;
  user?: string;
  session?: string;
  type: string;
  item: string;
  value?: number;
  at?: string;
  request?: string;
}

export const idsOf = ({ hits }: { hits: Hit[] }): string[] => hits.map((hit) => hit.itemId);

export const silent = openLog({ LOG_LEVEL: 'silent', LOG_FORMAT: 'json' });
const context = { signal: new AbortController().signal, heartbeat: async () => {} };
const identity = {
  name: 'plane',
  version: '1',
  provider: 'fake',
  dimensions: 3,
  dtype: 'float32',
  artifactHash: 'plane',
};

/** A small catalog of films, what people did with them, and the service over it. One tenant each. */
export class Cinema {
  readonly answering: Answering;
  readonly absences: AbsenceService;
  readonly scenarios: ScenarioService;
  readonly experiments: ExperimentService;
  readonly recommended: RecommendedLog;
  readonly replays: ReplayService;
  private readonly changes: UserChangesService;
  readonly watch: ExperimentWatch;
  readonly rebuilder: Rebuilder;
  readonly tastes: TasteService;
  private events = 0;
  private requests = 0;

  private constructor(
    readonly database: Database,
    readonly tenant: string,
    readonly collectionId: number,
    readonly model: ModelTable,
  ) {
    const settings = settingsOf();
    const made = answeringOf({ database, readDatabase: database, settings, log: silent });
    const { answering, absences, scenarios } = made;
    this.experiments = made.experiments;
    this.recommended = made.recommended;
    this.replays = made.replays;
    this.answering = answering;
    this.absences = absences;
    this.scenarios = scenarios;
    this.tastes = new TasteService(database, new Models(database), settings);
    this.watch = new ExperimentWatch(database, settings, silent);
    this.rebuilder = new Rebuilder(database, this.tastes, settings, silent);
    this.changes = new UserChangesService(database, this.tastes, (of, { erased }) => made.histories.forget(of, erased));
  }

  static async open(database: Database, tenant: string): Promise<Cinema> {
    const genre = { name: 'genre', type: 'keyword', array: false, filterable: true, embedded: false, shown: true };
    const [collection] = await database.query<{ collection_id: number }>(
      { tenant },
      `insert into kindred.collections (tenant_id, name, attributes) values (kindred.tenant(), 'films', $1::jsonb)
       returning collection_id`,
      [JSON.stringify([genre])],
    );
    const model = await ensureModel(database, tenant, identity);
    return new Cinema(database, tenant, collection!.collection_id, model);
  }

  async put(...films: Film[]): Promise<void> {
    const rows = films.map(({ id, title, stock, hidden, categories }) => ({
      item_id: id,
      title: title ?? `Film ${id}`,
      stock: stock ?? null,
      hidden: hidden ?? false,
      categories: categories ?? [],
      attributes: { genre: categories?.[0] ?? 'none' },
    }));
    await this.database.query(
      { tenant: this.tenant },
      `insert into kindred.items as i (tenant_id, collection_id, item_id, revision, title, stock, hidden, categories, attributes)
       select kindred.tenant(), $1, r.item_id, 1, r.title, r.stock, r.hidden, r.categories, r.attributes
       from jsonb_to_recordset($2::jsonb)
         as r(item_id text, title text, stock bigint, hidden boolean, categories text[], attributes jsonb)
       on conflict (tenant_id, collection_id, item_id) do update set stock = excluded.stock, hidden = excluded.hidden`,
      [this.collectionId, JSON.stringify(rows)],
    );
    await this.embed(...films);
  }

  async embed(...films: Film[]): Promise<void> {
    const vectors = films.flatMap(({ id, angle }) => {
      if (angle === undefined) return [];
      const radians = (angle * Math.PI) / 180;
      const vector = Float32Array.of(Math.cos(radians), Math.sin(radians), 0);
      return [{ itemId: id, revision: 1n, contentHash: Buffer.from(id), vector }];
    });
    await this.database.transaction({ tenant: this.tenant }, (sql) =>
      upsertVectors(this.database, sql, this.model, this.collectionId, vectors),
    );
  }

  /** Stores events as ingestion does: once per event id. */
  async store(...events: Event[]): Promise<void> {
    const rows = events.map((event) => ({
      event_id: event.id ?? `e${++this.events}`,
      occurred_at: event.at ?? new Date(Date.UTC(2026, 0, 1) + 1_000 * this.events).toISOString(),
      type: event.type,
      user_id: event.user ?? null,
      session_id: event.session ?? null,
      item_id: event.item,
      value: event.value ?? null,
      request_id: event.request ?? null,
    }));
    await this.database.query(
      { tenant: this.tenant },
      `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, session_id, collection_id, item_id, value,
         request_id)
       select kindred.tenant(), r.event_id, r.occurred_at, r.type, r.user_id, r.session_id, $1, r.item_id, r.value, r.request_id
       from jsonb_to_recordset($2::jsonb) as r(event_id text, occurred_at timestamptz, type text, user_id text,
         session_id text, item_id text, value double precision, request_id text)
       on conflict (tenant_id, event_id) do nothing`,
      [this.collectionId, JSON.stringify(rows)],
    );
  }

  /** Stores events and tells of them. */
  async did(...events: Event[]): Promise<void> {
    await this.store(...events);
    await this.tell(
      ...events.map(({ user, session }) => ({ kind: 'interacted' as const, user_id: user, session_id: session })),
    );
  }

  tell(...changes: (UserChange | string)[]) {
    return this.changes.store(delivered(topics.userChanges.name, changes, 0, this.tenant), context);
  }

  async identify(session: string, user: string): Promise<void> {
    await this.database.query(
      { tenant: this.tenant },
      'insert into kindred.sessions (tenant_id, session_id, user_id) values (kindred.tenant(), $1, $2)',
      [session, user],
    );
    await this.tell({ kind: 'interacted', user_id: user });
  }

  /** Brings neighbors and popularity up to date, however short ago that was done. */
  async rebuild(): Promise<void> {
    await this.database.query(
      { tenant: this.tenant },
      `update kindred.rebuilds set finished_at = 'epoch', started_at = 'epoch' where tenant_id = kindred.tenant()`,
    );
    await this.rebuilder.runOnce();
  }

  recommend(request: Partial<RecommendRequest>, caller = this.caller()) {
    const message = RecommendRequestMessage.fromPartial({ collection: 'films', ...request });
    return this.answering.recommend.recommend(message, caller);
  }

  similar(request: Partial<SimilarRequest>) {
    const message = SimilarRequestMessage.fromPartial({ collection: 'films', ...request });
    return this.answering.similar.similar(message, this.caller());
  }

  similarIds(request: Partial<SimilarRequest>) {
    return this.similar(request).then(idsOf);
  }

  personalize(request: Partial<PersonalizeRequest>) {
    const message = PersonalizeRequestMessage.fromPartial({ collection: 'films', ...request });
    return this.answering.personalize.personalize(message, this.caller());
  }

  trending(request: Partial<TrendingRequest>) {
    const message = TrendingRequestMessage.fromPartial({ collection: 'films', ...request });
    return this.answering.trending.trending(message, this.caller());
  }

  next(request: Partial<NextInSessionRequest>) {
    const message = NextInSessionRequestMessage.fromPartial({ collection: 'films', ...request });
    return this.answering.next.next(message, this.caller());
  }

  /** Causes of an item's absence, by their short names; its place where it is there. */
  async absence(itemId: string, request: ExplainRecommendationAbsenceRequest['request']) {
    const { position, reasons } = await this.explained(itemId, request);
    return position ?? reasons.map(({ cause }) => AbsenceCause[cause].replace('ABSENCE_CAUSE_', '').toLowerCase());
  }

  explained(itemId: string, request: ExplainRecommendationAbsenceRequest['request']) {
    const message = ExplainRecommendationAbsenceRequestMessage.fromPartial({ itemId, request });
    return this.absences.explain(message, this.caller());
  }

  putScenario(scenario: Partial<Scenario>) {
    const message = ScenarioMessage.fromPartial({ ...scenario, collection: 'films' });
    return this.scenarios.put({ scenario: message }, this.tenant);
  }

  async begin(experiment: object): Promise<Experiment> {
    const message = Experiment.fromPartial({ ...experiment, collection: 'films' });
    return (await this.experiments.create({ experiment: message }, this.tenant)).experiment!;
  }

  /** With all that was answered until now. */
  async statusOf(name: string) {
    await this.recommended.flush();
    return this.experiments.status({ collection: 'films', name }, this.tenant);
  }

  /** What was noted for an experiment, or of one request of it. */
  async noted(experiment: string, requestId = '') {
    await this.recommended.flush();
    return this.database.query<{ item_ids: string[]; teams: number[] | null; arm: string; unit: string }>(
      { tenant: this.tenant },
      `select item_ids, teams, arm, unit from kindred.recommended where tenant_id = kindred.tenant() and experiment = $1
          and ($2 = '' or request_id = $2) order by asked_at, first_position`,
      [experiment, requestId],
    );
  }

  async putUser(userId: string, attributes: Record<string, unknown>): Promise<void> {
    await this.database.query(
      { tenant: this.tenant },
      `insert into kindred.users (tenant_id, user_id, revision, attributes) values (kindred.tenant(), $1, 1, $2::jsonb)`,
      [userId, JSON.stringify(attributes)],
    );
  }

  /** Ids of the hits, best first. */
  async ids(request: Partial<RecommendRequest>): Promise<string[]> {
    return (await this.recommend(request)).hits.map((hit) => hit.itemId);
  }

  tasteRows() {
    return this.database.query<{ user_id: string; session_id: string; taste: string | null; awaited: string[] }>(
      { tenant: this.tenant },
      `select user_id, session_id, embedding::text as taste, awaited, events from kindred.user_vectors
        where tenant_id = kindred.tenant() order by user_id, session_id`,
    );
  }

  caller(): Caller {
    return { tenant: this.tenant, role: 'reader', requestId: `r${++this.requests}` };
  }
}
