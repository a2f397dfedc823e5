import { type ExplainAbsenceRequest, type ExplainAbsenceResponse, KindredError } from '@kindred/contracts';
import type { MediaAccess } from '@kindred/embedder';
import type { Caller } from '@kindred/runtime';
import type { AbsenceExplainer } from '@kindred/vector-index';
import { searchRequestOf } from '../request-of.ts';

/** Answers ExplainAbsence. */
export class AbsenceService {
  constructor(
    private readonly explainer: AbsenceExplainer,
    private readonly media: MediaAccess,
  ) {}

  async explain(
    { query, itemId }: ExplainAbsenceRequest,
    { tenant }: Caller,
    signal: AbortSignal,
  ): Promise<ExplainAbsenceResponse> {
    if (!query) throw new KindredError('FIELD_MISSING', 'query', 'query is missing; give the one that lacks the item');
    return this.explainer.explain(await searchRequestOf(query, tenant, this.media, signal), itemId);
  }
}
