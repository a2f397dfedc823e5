import type { Database } from '@kindred/database';
import type { Models } from '../models.ts';
import { type ContentQuery, type ContentScores, readContent } from './content.store.ts';

/** Items by the vectors of the model that compares the texts of their collection. */
export class ContentSource {
  constructor(
    private readonly database: Database,
    private readonly models: Models,
  ) {}

  /** Undefined before the first item of the tenant was embedded. */
  async near(
    query: Omit<ContentQuery, 'model'>,
    signal?: AbortSignal,
  ): Promise<(ContentScores & { model: string }) | undefined> {
    const model = await this.models.of(query.collection);
    return model && { ...(await readContent(this.database, { ...query, model }, signal)), model: model.name };
  }
}
