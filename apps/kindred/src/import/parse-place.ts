import { parseList, parseNumber } from './parse-value.ts';

/**
 * [longitude, latitude] in degrees, from such a list, its text ("[126.978, 37.566]" or "126.978|37.566"), a GeoJSON point, or an
 * object with latitude and longitude; undefined for what is no place.
 */
export function parsePlace(value: unknown): [longitude: number, latitude: number] | undefined {
  const [longitude, latitude, ...more] = parseList(coordinatesOf(value)).map(parseNumber);
  if (longitude === undefined || latitude === undefined || more.length > 0) return undefined;
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 ? [longitude, latitude] : undefined;
}

function coordinatesOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { coordinates, longitude, latitude } = value as Record<string, unknown>;
  return coordinates ?? [longitude, latitude];
}
