import { type FieldCondition, type GeoBox, type GeoPoint, type GeoRadius, KindredError } from '@kindred/contracts';
import { earthRadius, geoDistance } from '@kindred/ranking';

const toRadians = Math.PI / 180;
/** A degree's share of rounding: the box around a circle must never cut what the circle holds. */
const slack = 1e-9;

/** Degrees; west may be east of east, then the box spans the antimeridian. */
export interface Bounds {
  south: number;
  north: number;
  west: number;
  east: number;
}

/** The box that a condition on a place leaves, or the least one that holds its circle; undefined for any other condition. */
export function boundsOf({ test }: FieldCondition): Bounds | undefined {
  if (test?.$case === 'box') return boundsOfBox(test.value, 'box');
  return test?.$case === 'radius' ? boundsOfCircle(test.value, 'radius') : undefined;
}

/** Throws FILTER_INVALID for corners that are none. */
export function boundsOfBox(box: GeoBox, path: string): Bounds {
  const southWest = checkPoint(box.southWest, `${path}.south_west`);
  const northEast = checkPoint(box.northEast, `${path}.north_east`);
  const [south, north] = [southWest.latitude, northEast.latitude];
  if (south > north) {
    const message = `${path}: south_west.latitude ${south} is north of north_east.latitude ${north}; swap the corners`;
    throw new KindredError('FILTER_INVALID', path, message);
  }
  return { south, north, west: southWest.longitude, east: northEast.longitude };
}

/** The least box that holds the circle. One that holds a pole reaches around the whole Earth. Throws FILTER_INVALID. */
export function boundsOfCircle({ center, meters }: GeoRadius, path: string): Bounds {
  const { latitude, longitude } = checkPoint(center, `${path}.center`);
  if (!(meters >= 0 && Number.isFinite(meters))) {
    const message = `${path}.meters is ${meters}; it must be 0 or more, like 5000 for five kilometers`;
    throw new KindredError('FILTER_INVALID', `${path}.meters`, message);
  }
  const angle = meters / earthRadius;
  const reach = angle / toRadians + slack;
  const [south, north] = [Math.max(-90, latitude - reach), Math.min(90, latitude + reach)];
  const aside = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(latitude * toRadians))) / toRadians + slack;
  if (north === 90 || south === -90 || !(aside < 180)) return { south, north, west: -180, east: 180 };
  return { south, north, west: wrapped(longitude - aside), east: wrapped(longitude + aside) };
}

/** Whether [longitude, latitude] passes the condition, edges included. A pole lies in every box that reaches it. */
export function passesPlace(
  [longitude, latitude]: readonly number[],
  { test }: FieldCondition,
  bounds: Bounds,
): boolean {
  const { south, north, west, east } = bounds;
  if (longitude === undefined || latitude === undefined || latitude < south || latitude > north) return false;
  const between = west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
  const onMeridian = Math.abs(longitude) === 180 && (west === -180 || east === 180);
  if (!between && !onMeridian && Math.abs(latitude) !== 90) return false;
  return test?.$case !== 'radius' || geoDistance({ longitude, latitude }, test.value.center!) <= test.value.meters;
}

const wrapped = (longitude: number) =>
  longitude < -180 ? longitude + 360 : longitude > 180 ? longitude - 360 : longitude;

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
