import { type FactorSettings, KindredError, type TrainRequest } from '@kindred/contracts';
import type { RunSettings } from './training-run.store.ts';

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
