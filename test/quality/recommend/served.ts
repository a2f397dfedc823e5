import {
  type FactorSettings,
  type Hit,
  NextInSessionRequest,
  RecommendRequest,
  TrainRequest,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { Log } from '@kindred/runtime';
import { answeringOf } from '../../../apps/recommendation/src/answering.ts';
import { Models } from '../../../apps/recommendation/src/models.ts';
import { Rebuilder } from '../../../apps/recommendation/src/rebuild/rebuilder.ts';
import { settingsOf } from '../../../apps/recommendation/src/settings.ts';
import { TasteService } from '../../../apps/recommendation/src/taste/taste.service.ts';
import { TrainingService } from '../../../apps/recommendation/src/training/training.service.ts';
import type { Model } from './models.ts';
import type { Problem } from './problem.ts';
import { movies } from './ratings.ts';

const tenant = 'default';
const collection = 'films';
const { signal } = new AbortController();

type Narrowed = Pick<Partial<RecommendRequest>, 'filter' | 'scenario'>;

/** The call that answers. */
export type Asked = 'recommend' | 'next';

/** No tags: they tell how popular a film is. */
function describedFilms(itemIds: readonly string[]) {
  const films = movies();
  return itemIds.map((id) => ({ title: '', genres: [], year: null, ...films.get(id), id }));
}

/**
 * The service over a database of its own that holds the training ratings of a problem, as likes: what a shop would get
 * that sent exactly these events.
 */
export class ServedFilms {
  private readonly answering;
  private readonly database: Database;
  private readonly problem: Problem;

  private constructor(database: Database, problem: Problem) {
    this.database = database;
    this.problem = problem;
    this.answering = answeringOf({ database, readDatabase: database, settings: settingsOf(), log: Log.silent() });
  }

  /** Loads the ratings into a database that holds nothing yet, and makes the lists. */
  static async over(database: Database, problem: Problem): Promise<ServedFilms> {
    const films = new ServedFilms(database, problem);
    await films.load();
    await films.rebuild();
    return films;
  }

  /** Trains factors; they are served from then on. */
  async train(settings: Partial<FactorSettings> = {}): Promise<void> {
    const request = TrainRequest.fromPartial({ collection, settings, threads: 2 });
    for await (const _ of new TrainingService(this.database, settingsOf()).train(tenant, request, signal));
  }

  /** What each person of the problem is answered, as a model: of the films that it gives, the first scores most. */
  async asModel(name: string, asked: Asked, more: Narrowed = {}): Promise<Model> {
    const { itemIds, userIds } = this.problem.ratings;
    const numbers = new Map(itemIds.map((id, at) => [id, at]));
    const answers = new Map<number, number[]>();
    for (const { user } of this.problem.cases) {
      const hits = await this.answer(userIds[user]!, asked, more);
      answers.set(
        user,
        hits.map(({ itemId }) => numbers.get(itemId)!),
      );
    }
    const scorer: Model['scorer'] = ({ user }) => {
      const scores = new Float64Array(itemIds.length);
      for (const [rank, item] of answers.get(user)!.entries()) scores[item] = 1 / (rank + 1);
      return scores;
    };
    return { name, scorer, bytes: 0 };
  }

  private async answer(userId: string, asked: Asked, more: Narrowed): Promise<Hit[]> {
    const { recommend, next } = this.answering.answering;
    const request = { collection, userId, limit: 100, with: { payload: false }, ...more };
    const caller = { tenant, role: 'reader', requestId: userId } as const;
    const answered =
      asked === 'next'
        ? next.next(NextInSessionRequest.fromPartial(request), caller, signal)
        : recommend.recommend(RecommendRequest.fromPartial(request), caller, signal);
    return (await answered).hits;
  }

  private async load(): Promise<void> {
    const { ratings, train } = this.problem;
    const query = (text: string, ...values: unknown[]) => this.database.query({ tenant }, text, values);
    await query(
      `insert into kindred.collections (tenant_id, name, attributes) values (kindred.tenant(), $1, $2::jsonb)`,
      collection,
      JSON.stringify([{ name: 'year', type: 'number', array: false, filterable: true, embedded: false, shown: true }]),
    );
    await query(
      `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, categories, attributes)
       select kindred.tenant(), c.collection_id, i.id, 1, i.title, i.genres, jsonb_build_object('year', i.year)
         from kindred.collections c, jsonb_to_recordset($1::jsonb) as i(id text, title text, genres text[], year int)`,
      JSON.stringify(describedFilms(ratings.itemIds)),
    );
    for (let from = 0; from < train.length; from += 5_000) {
      const part = train.slice(from, from + 5_000);
      await query(
        `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, collection_id, item_id)
         select kindred.tenant(), 'e' || e.at, to_timestamp(e.seconds), 'like', e.user_id, c.collection_id, e.item_id
           from kindred.collections c, unnest($1::int[], $2::float8[], $3::text[], $4::text[]) as e(at, seconds, user_id, item_id)`,
        part,
        // Ratings of one second stand in the order of the protocol: so later by their place in it.
        part.map((at) => ratings.times[at]! + at / 1e6),
        part.map((at) => ratings.userIds[ratings.users[at]!]!),
        part.map((at) => ratings.itemIds[ratings.items[at]!]!),
      );
    }
    await query(
      `insert into kindred.rebuilds (tenant_id, collection_id, wanted_at)
       select kindred.tenant(), collection_id, now() from kindred.collections`,
    );
  }

  private async rebuild(): Promise<void> {
    const settings = settingsOf();
    const tastes = new TasteService(this.database, new Models(this.database), settings);
    await new Rebuilder(this.database, tastes, settings, Log.silent()).runOnce();
  }
}
