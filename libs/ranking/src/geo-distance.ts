/** Degrees. */
export interface GeoPoint {
  latitude: number;
  longitude: number;
}

/** Mean radius, IUGG, in meters. */
export const earthRadius = 6_371_008.8;
const radians = Math.PI / 180;

/** Meters along the great circle, by the haversine formula (Sinnott 1984): within 0.6 % of the ellipsoid's. */
export function geoDistance(left: GeoPoint, right: GeoPoint): number {
  const sine = (degrees: number) => Math.sin((degrees * radians) / 2) ** 2;
  const cosine = (degrees: number) => Math.cos(degrees * radians);
  const half =
    sine(left.latitude - right.latitude) +
    cosine(left.latitude) * cosine(right.latitude) * sine(left.longitude - right.longitude);
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(half)));
}
