import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geoDistance } from './geo-distance.ts';

const seoul = { latitude: 37.5665, longitude: 126.978 };
const busan = { latitude: 35.1796, longitude: 129.0756 };
const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('geoDistance', () => {
  it('knows how far Seoul is from Busan', () => {
    expect(geoDistance(seoul, busan) / 1_000).toBeCloseTo(325, 0);
  });

  it('goes across the antimeridian and over the poles', () => {
    const fiji = (longitude: number) => ({ latitude: 0, longitude });
    expect(geoDistance(fiji(179.5), fiji(-179.5))).toBeCloseTo(geoDistance(fiji(0), fiji(1)), 3);
    const pole = (longitude: number) => ({ latitude: 90, longitude });
    expect(geoDistance(pole(0), pole(90))).toBeCloseTo(0, 3);
  });

  it('is the same both ways, nothing to itself, and at most half around', () => {
    fc.assert(
      fc.property(point, point, (one, other) => {
        expect(geoDistance(one, other)).toBeCloseTo(geoDistance(other, one), 3);
        expect(geoDistance(one, one)).toBe(0);
        expect(geoDistance(one, other)).toBeLessThanOrEqual(20_015_115);
      }),
    );
  });
});
