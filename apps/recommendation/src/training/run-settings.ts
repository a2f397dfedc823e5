import { type FactorSettings, KindredError, type TrainRequest } from '@kindred/contracts';
import type { RunSettings, Search } from './training-run.store.ts';

export const defaultSettings: RunSettings = {
  dimensions: 64,
  epochs: 12,
  unobserved: 0.2,
  regularization: 0.01,
  exponent: 1,
  seed: 1,
};

const ranges: Record<Exclude<keyof RunSettings, 'seed'>, { low: number; high: number; whole?: boolean }> = {
  dimensions: { low: 2, high: 512, whole: true },
  epochs: { low: 1, high: 200, whole: true },
  unobserved: { low: 1e-6, high: 10 },
  regularization: { low: 1e-9, high: 1e6 },
  exponent: { low: 0, high: 1 },
};

/** The settings with their defaults. Throws FIELD_INVALID. */
export function runSettingsOf(given: FactorSettings | undefined, defaults = defaultSettings): RunSettings {
  const settings = { ...defaults };
  for (const [name, { low, high, whole }] of Object.entries(ranges)) {
    const key = name as keyof typeof ranges;
    const value = given?.[key] ?? defaults[key];
    if (!(value >= low && value <= high && (!whole || Number.isInteger(value)))) {
      const message = `settings.${name} is ${value}; it must be ${whole ? 'a whole number ' : ''}from ${low} to ${high}`;
      throw new KindredError('FIELD_INVALID', `settings.${name}`, message);
    }
    settings[key] = value;
  }
  settings.seed = given?.seed ?? defaults.seed;
  return settings;
}

/** Throws FIELD_INVALID. */
export function threadsOf({ threads }: TrainRequest): number {
  if (threads >= 0 && threads <= 16) return threads || 1;
  throw new KindredError('FIELD_INVALID', 'threads', `threads is ${threads}; it must be from 1 to 16`);
}

/** How settings are searched. Throws FIELD_INVALID. */
export function searchOf({ searchTrials, searchSeconds }: TrainRequest): Search {
  if (searchTrials > 0 || searchSeconds === 0) return { trials: searchTrials, seconds: searchSeconds || 600 };
  const message = 'search_seconds is given without search_trials; say how many settings are tried, or leave it out';
  throw new KindredError('FIELD_INVALID', 'search_seconds', message);
}

/** A run goes on as it began. Throws FIELD_INVALID for what would be passed over. */
export function checkResumed({ settings, dataset, searchTrials, searchSeconds }: TrainRequest): void {
  const set = Object.entries(settings ?? {}).find(([, value]) => value !== undefined);
  const given = [
    ...(set ? [`settings.${set[0]}`] : []),
    ...(dataset === '' ? [] : ['dataset']),
    ...(searchTrials > 0 ? ['search_trials'] : []),
    ...(searchSeconds > 0 ? ['search_seconds'] : []),
  ];
  const [field] = given;
  if (field === undefined) return;
  const message = `${field} is given with resume, and a run goes on as it began; leave it out, or train anew without resume`;
  throw new KindredError('FIELD_INVALID', field, message);
}
