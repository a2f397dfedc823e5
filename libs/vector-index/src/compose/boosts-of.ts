import { type Decay, type FieldValue, type Boost as WireBoost, DecayCurve as WireCurve } from '@kindred/contracts';
import type { DecayCurve } from '@kindred/ranking';
import type { Boost, BoostValue } from './boost.ts';
import { invalid, missing } from './under.ts';

const mostBoosts = 16;
/** Beyond it scores are not told from each other any more, and at last infinite. */
const mostWeight = 1_000_000;
const curves: Partial<Record<WireCurve, DecayCurve>> = {
  [WireCurve.DECAY_CURVE_UNSPECIFIED]: 'exponential',
  [WireCurve.DECAY_CURVE_EXPONENTIAL]: 'exponential',
  [WireCurve.DECAY_CURVE_GAUSSIAN]: 'gaussian',
  [WireCurve.DECAY_CURVE_LINEAR]: 'linear',
};

/** The boosts, checked as far as that needs no collection. */
export function boostsOf(boosts: readonly WireBoost[]): Boost[] {
  if (boosts.length > mostBoosts) {
    throw invalid('boosts', `has ${boosts.length} entries`, `at most ${mostBoosts} are taken`);
  }
  return boosts.map(({ weight, value }, at) => {
    const path = `boosts[${at}]`;
    if (!(weight !== 0 && Math.abs(weight) <= mostWeight)) {
      const way = `give any number but 0 from -${mostWeight} to ${mostWeight}: above 0 lifts, below 0 lowers`;
      throw invalid(`${path}.weight`, `is ${weight}`, way);
    }
    return { path, weight, value: checkedValue(value, path) };
  });
}

function checkedValue(value: WireBoost['value'], path: string): BoostValue {
  switch (value?.$case) {
    case 'filter':
      return { kind: 'filter', filter: value.value };
    case 'decay':
      return decayOf(value.value, `${path}.decay`);
    case 'field':
      return fieldOf(value.value, `${path}.field`);
    case 'popularity':
      return { kind: 'popularity' };
    default:
      throw missing(`${path}.value`, 'set one of filter, decay, field and popularity');
  }
}

function decayOf({ field, origin, scale, offset, atScale = 0.5, curve }: Decay, path: string): BoostValue {
  if (field === '') throw missing(`${path}.field`, 'name a number, time or geo field');
  if (!(scale > 0 && Number.isFinite(scale))) {
    const way =
      'give the distance at which the value is at_scale: above 0, in the unit of the field, in seconds, in meters';
    throw invalid(`${path}.scale`, `is ${scale}`, way);
  }
  if (!(offset >= 0 && Number.isFinite(offset))) throw invalid(`${path}.offset`, `is ${offset}`, 'give 0 or more');
  if (!(atScale > 0 && atScale < 1))
    throw invalid(`${path}.at_scale`, `is ${atScale}`, 'give more than 0 and less than 1');
  const known = curves[curve];
  if (!known) throw invalid(`${path}.curve`, `is ${curve}`, 'use exponential, gaussian or linear');
  return { kind: 'decay', field, origin, scale, offset, atScale, curve: known };
}

function fieldOf({ field, pivot, missing: without }: FieldValue, path: string): BoostValue {
  if (field === '') throw missing(`${path}.field`, 'name a number field');
  if (!(pivot > 0 && Number.isFinite(pivot))) {
    throw invalid(`${path}.pivot`, `is ${pivot}`, 'give the value that counts half: above 0');
  }
  if (!(without >= 0 && without <= 1)) throw invalid(`${path}.missing`, `is ${without}`, 'give 0 to 1');
  return { kind: 'field', field, pivot, missing: without };
}
