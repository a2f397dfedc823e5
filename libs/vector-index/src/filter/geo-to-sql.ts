import { type GeoBox, type GeoPoint, type GeoRadius, KindredError } from '@kindred/contracts';
import type { SqlParams } from './field-to-sql.ts';
import type { FilterField } from './filter-field.ts';

/** Mean radius of the Earth in meters (IUGG, R1). */
export const earthRadius = 6_371_008.8;
const toRadians = Math.PI / 180;
/** A degree's share of rounding: the box around a circle must never cut what the circle holds. */
const slack = 1e-9;

/** Degrees; west may be east of east, then the box spans the antimeridian. */
interface Bounds {
  south: number;
  north: number;
  west: number;
  east: number;
}

/**
 * Whether the attribute's point lies within the circle, its edge included: great-circle distance on a sphere by the
 * haversine formula (Sinnott 1984), within 0.6 % of the distance on the ellipsoid. A box in degrees is looked at first.
 */
export function radiusToSql(
  field: FilterField,
  { center, meters }: GeoRadius,
  path: string,
  params: SqlParams,
): string {
  refuseOtherThanGeo(field, path);
  const { latitude, longitude } = checkPoint(center, `${path}.center`);
  if (!(meters >= 0 && Number.isFinite(meters))) {
    const message = `${path}.meters is ${meters}; it must be 0 or more, like 5000 for five kilometers`;
    throw new KindredError('FILTER_INVALID', `${path}.meters`, message);
  }
  const [lat, lon] = [params.add(latitude, 'float8'), params.add(longitude, 'float8')];
  const haversine = `sind((p.lat - ${lat}) / 2) ^ 2 + cosd(p.lat) * cosd(${lat}) * sind((p.lon - ${lon}) / 2) ^ 2`;
  const near = `2 * ${earthRadius} * asin(least(1, sqrt(${haversine}))) <= ${params.add(meters, 'float8')}`;
  // A case keeps the order: the cheap test spares most points the trigonometry.
  const inside = inBounds(boundsAround(latitude, longitude, meters), params);
  return onPoint(field, `case when ${inside} then ${near} else false end`, params);
}

/** Whether the attribute's point lies in the box, its edges included. A pole lies in every box that reaches it. */
export function boxToSql(field: FilterField, box: GeoBox, path: string, params: SqlParams): string {
  refuseOtherThanGeo(field, path);
  const southWest = checkPoint(box.southWest, `${path}.south_west`);
  const northEast = checkPoint(box.northEast, `${path}.north_east`);
  const [south, north] = [southWest.latitude, northEast.latitude];
  if (south > north) {
    const message = `${path}: south_west.latitude ${south} is north of north_east.latitude ${north}; swap the corners`;
    throw new KindredError('FILTER_INVALID', path, message);
  }
  const bounds = { south, north, west: southWest.longitude, east: northEast.longitude };
  return onPoint(field, inBounds(bounds, params), params);
}

/** The least box that holds the circle. One that holds a pole reaches around the whole Earth. */
function boundsAround(latitude: number, longitude: number, meters: number): Bounds {
  const angle = meters / earthRadius;
  const reach = angle / toRadians + slack;
  const [south, north] = [Math.max(-90, latitude - reach), Math.min(90, latitude + reach)];
  const aside = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(latitude * toRadians))) / toRadians + slack;
  if (north === 90 || south === -90 || !(aside < 180)) return { south, north, west: -180, east: 180 };
  return { south, north, west: wrapped(longitude - aside), east: wrapped(longitude + aside) };
}

const wrapped = (longitude: number) =>
  longitude < -180 ? longitude + 360 : longitude > 180 ? longitude - 360 : longitude;

function inBounds({ south, north, west, east }: Bounds, params: SqlParams): string {
  const add = (value: number) => params.add(value, 'float8');
  const [w, e] = [add(west), add(east)];
  const between = west <= east ? `p.lon between ${w} and ${e}` : `(p.lon >= ${w} or p.lon <= ${e})`;
  // -180 and 180 are one meridian, and at a pole all of them are one point.
  const meridian = west === -180 || east === 180 ? ' or abs(p.lon) = 180' : '';
  return `p.lat between ${add(south)} and ${add(north)} and (${between}${meridian} or abs(p.lat) = 90)`;
}

/** A test of the stored [longitude, latitude]; what is no such pair (declared later than stored) matches nothing. */
function onPoint(field: FilterField, test: string, params: SqlParams): string {
  return `exists (select from (select i.attributes -> ${params.add(field.name, 'text')} as value offset 0) a,
    lateral (select case when jsonb_typeof(a.value -> 0) = 'number' then (a.value -> 0)::float8 end as lon,
      case when jsonb_typeof(a.value -> 1) = 'number' then (a.value -> 1)::float8 end as lat
      where case when jsonb_typeof(a.value) = 'array' then jsonb_array_length(a.value) = 2 end offset 0) p where ${test})`;
}

function checkPoint(point: GeoPoint | undefined, path: string): GeoPoint {
  if (!point) {
    throw new KindredError('FILTER_INVALID', path, `${path} is missing; give latitude and longitude in degrees`);
  }
  for (const [name, most] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    if (Math.abs(point[name]) <= most) continue;
    const message = `${path}.${name} is ${point[name]}; it must be from -${most} to ${most} degrees`;
    throw new KindredError('FILTER_INVALID', `${path}.${name}`, message);
  }
  return point;
}

function refuseOtherThanGeo(field: FilterField, path: string): void {
  if (field.type === 'geo') return;
  const message = `${path}: "${field.name}" is of type ${field.type}; circles and boxes are for geo. Use equals, in or range`;
  throw new KindredError('FILTER_INVALID', path, message);
}
