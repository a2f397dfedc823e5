import { type DecayShape, decayShare, type GeoPoint, geoDistance, pivotShare } from '@kindred/ranking';
import type { CollectionRow } from '../collection.store.ts';
import { filterField } from '../filter/filter-field.ts';
import { instant } from '../filter/instant.ts';
import type { Boost, BoostValue } from './boost.ts';
import { checkFacts, type ItemFact } from './item-facts.store.ts';
import { invalid, missing, under } from './under.ts';

/** From what is stored of an item, null where there is nothing, to 0..1. */
export type ReadBoost = (fact: unknown) => number;

/** What a boost has to know of an item. */
export function factOf(value: BoostValue): ItemFact {
  if (value.kind === 'filter' || value.kind === 'popularity') return value;
  return { kind: 'field', field: value.field };
}

/** Throws by the field's path for a field that the collection lacks, or of a type that does not fit. */
export async function checkBoost({ path, value }: Boost, collection: CollectionRow, now: number): Promise<void> {
  if (value.kind === 'filter') await under(path, () => checkFacts(collection, [value]));
  if (value.kind === 'field') numberField(value.field, `${path}.field.field`, collection);
  if (value.kind === 'decay') distanceOf(value, `${path}.decay`, collection, now);
}

/** How a boost reads its fact of the collection's items. `mostPopular`: of the items at hand. */
export function boostReader(
  { path, value }: Boost,
  collection: CollectionRow,
  { now, mostPopular }: { now: number; mostPopular: number },
): ReadBoost {
  if (value.kind === 'filter') return (matches) => (matches === true ? 1 : 0);
  if (value.kind === 'popularity') return (share) => (typeof share === 'number' ? share / mostPopular : 0);
  if (value.kind === 'field') {
    const { pivot, missing: without } = value;
    return (fact) => {
      const numbers = listOf(fact).filter((one) => typeof one === 'number');
      return numbers.length === 0 ? without : pivotShare(Math.max(...numbers), pivot);
    };
  }
  return decayReader(value, distanceOf(value, `${path}.decay`, collection, now));
}

function decayReader(shape: DecayShape, distance: (fact: unknown) => number | undefined): ReadBoost {
  return (fact) => {
    // Of several values the nearest one counts.
    const far = listOf(fact).flatMap((one) => distance(one) ?? []);
    return far.length === 0 ? 0 : decayShare(Math.min(...far), shape);
  };
}

type DecayValue = Extract<BoostValue, { kind: 'decay' }>;

function distanceOf(
  { field: name, origin }: DecayValue,
  path: string,
  collection: CollectionRow,
  now: number,
): (stored: unknown) => number | undefined {
  const field = filterField(name, `${path}.field`, collection);
  if (field.type === 'number') {
    if (typeof origin !== 'number' || !Number.isFinite(origin)) throw wrongOrigin(path, origin, field, 'give a number');
    return (stored) => (typeof stored === 'number' ? Math.abs(stored - origin) : undefined);
  }
  if (field.type === 'time') {
    const from = origin === undefined || origin === null ? now : timeOf(origin);
    if (from === undefined) throw wrongOrigin(path, origin, field, 'give an RFC 3339 time, or leave it out for now');
    return (stored) => {
      const time = timeOf(stored);
      return time === undefined ? undefined : Math.abs(time - from) / 1_000;
    };
  }
  if (field.type === 'geo') {
    const from = typeof origin === 'string' ? placeOf(origin) : undefined;
    if (!from) throw wrongOrigin(path, origin, field, 'give "latitude,longitude" in degrees, like "37.566,126.978"');
    return (stored) => {
      const place = placeOf(stored);
      return place && geoDistance(place, from);
    };
  }
  throw invalid(`${path}.field`, `is "${name}", of type ${field.type}`, 'decay needs a number, time or geo field');
}

function wrongOrigin(path: string, origin: unknown, { name, type }: { name: string; type: string }, way: string) {
  const full = `${path}.origin`;
  if (origin === undefined || origin === null) return missing(full, `"${name}" is of type ${type}: ${way}`);
  const given = JSON.stringify(origin)?.slice(0, 60);
  return invalid(full, `is ${given}, but "${name}" is of type ${type}`, way);
}

function numberField(name: string, path: string, collection: CollectionRow): void {
  const { type } = filterField(name, path, collection);
  if (type !== 'number') throw invalid(path, `is "${name}", of type ${type}`, 'name a number field');
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? instant(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** From "latitude,longitude", or from [longitude, latitude] as items have it. */
function placeOf(value: unknown): GeoPoint | undefined {
  const [latitude, longitude] = typeof value === 'string' ? value.split(',').map(degrees) : pairOf(value);
  if (latitude === undefined || longitude === undefined) return undefined;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

const degrees = (text: string) => (/^\s*[+-]?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined);

function pairOf(value: unknown): (number | undefined)[] {
  if (!Array.isArray(value) || value.length !== 2) return [];
  return value.map((one) => (typeof one === 'number' ? one : undefined)).reverse();
}

/** A stored value as a list: none for null. A geo value is a list itself. */
function listOf(fact: unknown): readonly unknown[] {
  if (fact === null || fact === undefined) return [];
  const isPlace = Array.isArray(fact) && placeOf(fact) !== undefined;
  return Array.isArray(fact) && !isPlace ? fact : [fact];
}
