import { limits } from '@kindred/contracts';
import { z } from 'zod';

const strength = (value: number) => z.number().min(-1).max(1).default(value);

const rating = (value: number) => z.number().min(0).max(limits.rating).default(value);

/**
 * How strongly a kind of event speaks for its item: above zero for it, below zero against it. One event against an
 * item outweighs all that speak for it. What is not named here (impressions) says nothing.
 */
const signalFields = {
  purchase: strength(1),
  like: strength(1),
  add_to_cart: strength(0.7),
  click: strength(0.2),
  view: strength(0.1),
  /** A watch_portion of at least watched_from; a shorter one says nothing. */
  watched: strength(0.8),
  watched_from: z.number().min(0).max(1).default(0.5),
  /** A rating of at least liked_from, below disliked_below, and between the two. */
  liked_rating: strength(1),
  liked_from: rating(4),
  middling_rating: strength(0.4),
  disliked_below: rating(3),
  disliked_rating: strength(-0.5),
  dislike: strength(-0.5),
  hide: strength(-0.5),
};

const signals = z
  .strictObject(signalFields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no "${issue.keys.join('", "')}"; there are ${Object.keys(signalFields).join(', ')}`
        : undefined,
  })
  .refine((given) => given.disliked_below <= given.liked_from, {
    path: ['disliked_below'],
    error: 'is above liked_from: a rating between the two would be both; lower it',
  });
export type Signals = z.output<typeof signals>;

const seconds = (value: number) => z.coerce.number().positive().default(value);

/** Settings of the recommendation service; every one has a default. */
export const recommendationEnv = {
  /** JSON that overrides signal strengths and thresholds, like {"click": 0.4}. */
  RECOMMENDATION_SIGNALS: z
    .string()
    .default('{}')
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not valid JSON; write it like {"click": 0.4}' });
        return z.NEVER;
      }
    })
    .pipe(signals),
  /** An item counts half as much as one the user met this many items later. */
  RECOMMENDATION_HALF_LIFE_EVENTS: z.coerce.number().positive().default(20),
  /** A purchase counts half as much for popularity as one this many days later. */
  RECOMMENDATION_POPULARITY_HALF_LIFE_DAYS: z.coerce.number().positive().default(365),
  /** Least time between two rebuilds of one collection's neighbors and popularity. */
  RECOMMENDATION_REBUILD_SECONDS: seconds(15),
  /** Memory for lists and factors of all collections. Lists that alone need more are read per request, such factors left out. */
  RECOMMENDATION_TABLE_MB: z.coerce.number().min(0).default(256),
  /** Memory for what people did, who asked lately: an answer is one statement less where nothing was done since. */
  RECOMMENDATION_HISTORY_MB: z.coerce.number().min(0).default(64),
  /** Most memory that a training may take, MB; one that needs more is refused before it starts. */
  RECOMMENDATION_TRAINING_MEMORY_MB: z.coerce.number().positive().default(2_048),
  /** Train every collection with new interactions again after so many hours; 0: not by time. */
  RECOMMENDATION_TRAIN_EVERY_HOURS: z.coerce.number().min(0).default(0),
  /** Train again when more than this share of the interactions came after the last run began; 0: not by drift. */
  RECOMMENDATION_TRAIN_DRIFT: z.coerce.number().min(0).lt(1, 'must be below 1: more than all cannot be new').default(0),
  /** Who has more events than this in one minute is a robot: kept out of all that is made of events, and reported. */
  RECOMMENDATION_ROBOT_EVENTS_PER_MINUTE: z.coerce.number().int().positive().default(500),
  /** Noted answers are kept for so many days; those of an experiment until so many days after its end. */
  RECOMMENDATION_LOG_DAYS: z.coerce.number().positive().default(90),
};

const config = z.object(recommendationEnv);
export type RecommendationConfig = z.output<typeof config>;

export interface Settings {
  signals: Signals;
  halfLifeEvents: number;
  popularityHalfLifeDays: number;
  rebuildSeconds: number;
  tableBytes: number;
  historyBytes: number;
  trainingMemoryMb: number;
  robotEventsPerMinute: number;
  trainEveryHours: number;
  trainDrift: number;
  logDays: number;
}

/** The settings as they are used; without a configuration the defaults. */
export function settingsOf(given: Partial<RecommendationConfig> = {}): Settings {
  return {
    signals: given.RECOMMENDATION_SIGNALS ?? signals.parse({}),
    halfLifeEvents: given.RECOMMENDATION_HALF_LIFE_EVENTS ?? 20,
    popularityHalfLifeDays: given.RECOMMENDATION_POPULARITY_HALF_LIFE_DAYS ?? 365,
    rebuildSeconds: given.RECOMMENDATION_REBUILD_SECONDS ?? 15,
    tableBytes: (given.RECOMMENDATION_TABLE_MB ?? 256) * 1_048_576,
    historyBytes: (given.RECOMMENDATION_HISTORY_MB ?? 64) * 1_048_576,
    trainingMemoryMb: given.RECOMMENDATION_TRAINING_MEMORY_MB ?? 2_048,
    robotEventsPerMinute: given.RECOMMENDATION_ROBOT_EVENTS_PER_MINUTE ?? 500,
    trainEveryHours: given.RECOMMENDATION_TRAIN_EVERY_HOURS ?? 0,
    trainDrift: given.RECOMMENDATION_TRAIN_DRIFT ?? 0,
    logDays: given.RECOMMENDATION_LOG_DAYS ?? 90,
  };
}
