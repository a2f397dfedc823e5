import { type GeoBox, type GeoRadius, KindredError } from '@kindred/contracts';
import { earthRadius } from '@kindred/ranking';
import type { SqlParams } from './field-to-sql.ts';
import type { FilterField } from './filter-field.ts';
import { type Bounds, boundsOfBox, boundsOfCircle } from './geo.ts';

/**
 * Whether the attribute's point lies within the circle, its edge included: great-circle distance on a sphere by the
 * haversine formula (Sinnott 1984), within 0.6 % of the distance on the ellipsoid. A box in degrees is looked at first.
 */
export function radiusToSql(field: FilterField, circle: GeoRadius, path: string, params: SqlParams): string {
  refuseOtherThanGeo(field, path);
  const bounds = boundsOfCircle(circle, path);
  const { latitude, longitude } = circle.center!;
  const [lat, lon] = [params.add(latitude, 'float8'), params.add(longitude, 'float8')];
  const haversine = `sind((p.lat - ${lat}) / 2) ^ 2 + cosd(p.lat) * cosd(${lat}) * sind((p.lon - ${lon}) / 2) ^ 2`;
  const near = `2 * ${earthRadius} * asin(least(1, sqrt(${haversine}))) <= ${params.add(circle.meters, 'float8')}`;
  // A case keeps the order: the cheap test spares most points the trigonometry.
  const inside = inBounds(bounds, params);
  return onPoint(field, `case when ${inside} then ${near} else false end`, params);
}

/** Whether the attribute's point lies in the box, its edges included. A pole lies in every box that reaches it. */
export function boxToSql(field: FilterField, box: GeoBox, path: string, params: SqlParams): string {
  refuseOtherThanGeo(field, path);
  return onPoint(field, inBounds(boundsOfBox(box, path), params), params);
}

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

function refuseOtherThanGeo(field: FilterField, path: string): void {
  if (field.type === 'geo') return;
  const message = `${path}: "${field.name}" is of type ${field.type}; circles and boxes are for geo. Use equals, in or range`;
  throw new KindredError('FILTER_INVALID', path, message);
}
