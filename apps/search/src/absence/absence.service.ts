import {
  type ExplainAbsenceRequest,
  type ExplainAbsenceResponse,
  KindredError,
  type QueryRequest,
} from '@kindred/contracts';
import type { MediaAccess } from '@kindred/embedder';
import type { Caller } from '@kindred/runtime';
import type { AbsenceExplainer } from '@kindred/vector-index';
import { isComposed } from '../compose/composed-query.ts';
import { composedQueryOf } from '../compose/composed-query-of.ts';
import type { ComposedSearch } from '../compose/composed-search.ts';
import { searchRequestOf } from '../request-of.ts';
import { ComposedAbsence } from './composed-absence.ts';

/** Answers ExplainAbsence. */
export class AbsenceService {
  private readonly composed: ComposedAbsence;

  constructor(
    private readonly explainer: AbsenceExplainer,
    composed: Pick<ComposedSearch, 'query'>,
    private readonly media: MediaAccess,
  ) {
    this.composed = new ComposedAbsence(composed, explainer);
  }

  async explain(
    { query, itemId }: ExplainAbsenceRequest,
    { tenant }: Caller,
    signal: AbortSignal,
  ): Promise<ExplainAbsenceResponse> {
    if (!query) throw new KindredError('FIELD_MISSING', 'query', 'query is missing; give the one that lacks the item');
    const searchOf = (one: QueryRequest) => searchRequestOf(one, tenant, this.media, signal);
    if (!isComposed(query)) return this.explainer.explain(await searchOf(query), itemId);
    return this.composed.explain(query, await composedQueryOf(query, tenant, searchOf, signal), itemId);
  }
}
