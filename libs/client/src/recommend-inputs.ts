import type { BoostInput } from './compose-inputs.ts';
import type { Page } from './inputs.ts';
import type { SimilarByName } from './names.ts';

/** What all recommendations take beside a page, as searches do; see docs/recommendations.md. */
interface Recommendation extends Page {
  /** score x (1 + sum of weight x value). */
  boosts?: BoostInput[];
  /** `groups` instead of `hits`; `limit` counts groups. */
  groupBy?: { field: string; size?: number };
  /** Of the reasons: "en" (default) or "ko". */
  language?: string;
}

interface Whose {
  userId?: string | number;
  sessionId?: string;
}

/** Without a user or session: what is popular now. */
export interface RecommendInput extends Recommendation, Whose {
  userIds?: (string | number)[];
  scenario?: string;
  /** What a new person picked; counts until there are events. */
  picks?: (string | number)[];
  /** Whose trends count for a new person; default: the "region" of the user's attributes. */
  region?: string;
}

export interface SimilarInput extends Recommendation, Whose {
  /** One item, or a basket. */
  itemId?: string | number;
  itemIds?: (string | number)[];
  by?: SimilarByName;
  scenario?: string;
}

export interface PersonalizeInput extends Recommendation, Whose {
  userIds?: (string | number)[];
  /** What to order. */
  itemIds: (string | number)[];
  scenario?: string;
}

export interface TrendingInput extends Recommendation {
  category?: string;
  region?: string;
  /** How far back events count, 60 to 7,776,000; default a week. */
  windowSeconds?: number;
}

/** One of `sessionId`, `userId` and `itemIds` says where somebody is. */
export interface NextInput extends Recommendation, Whose {
  /** Beside the stored events, the last one last. */
  itemIds?: (string | number)[];
  scenario?: string;
}
