import type { Condition, FieldCondition, Filter, GeoBox, GeoPoint, Range } from '@kindred/contracts';
import type { ShopItem } from '../shop.fake.spec.ts';

/** What a filter means, over plain objects and by other means than SQL: the reference for tests. */
export function passes(filter: Filter, item: ShopItem): boolean {
  const holds = ({ kind }: Condition) =>
    kind!.$case === 'filter' ? passes(kind!.value, item) : fieldHolds(kind!.value as FieldCondition, item);
  return (
    filter.must.every(holds) && (filter.should.length === 0 || filter.should.some(holds)) && !filter.mustNot.some(holds)
  );
}

function valuesOf(field: string, item: ShopItem): unknown[] {
  const columns: Record<string, unknown> = {
    item_id: item.itemId,
    title: item.title,
    price: item.price,
    stock: item.stock,
    in_stock: item.stock === undefined || item.stock > 0,
    categories: item.categories ?? [],
  };
  const value = field in columns ? columns[field] : item.attributes?.[field];
  return [value].flat().filter((one) => one !== undefined && one !== null);
}

function fieldHolds({ field, test }: FieldCondition, item: ShopItem): boolean {
  const values = valuesOf(field, item);
  const same = (wanted: unknown) => values.some((value) => comparable(field, value) === comparable(field, wanted));
  switch (test!.$case) {
    case 'equals':
      return same(test!.value);
    case 'in':
      return test!.value.values.some(same);
    case 'range':
      return values.some((value) => inRange(comparable(field, value) as number, field, test!.value));
    case 'exists':
      return (values.length > 0 && item.attributes?.[field] !== '') === test!.value;
    case 'prefix': {
      const prefix = test!.value;
      return values.some(
        (value) =>
          String(value).startsWith(prefix) ||
          (field === 'categories' && prefix.endsWith('/') && `${value}/` === prefix),
      );
    }
    case 'radius':
      return onPoint(values, (point) => distance(point, test!.value.center!) <= test!.value.meters + 1e-6);
    case 'box':
      return onPoint(values, (point) => inBox(point, test!.value));
  }
}

const comparable = (field: string, value: unknown) => (field === 'released' ? Date.parse(String(value)) : value);

function inRange(value: number, field: string, range: Range): boolean {
  const bound = (name: keyof Range) => comparable(field, range[name]) as number;
  return (
    (range.gt === undefined || value > bound('gt')) &&
    (range.gte === undefined || value >= bound('gte')) &&
    (range.lt === undefined || value < bound('lt')) &&
    (range.lte === undefined || value <= bound('lte'))
  );
}

function onPoint(values: unknown[], test: (point: GeoPoint) => boolean): boolean {
  const [longitude, latitude] = values as number[];
  return values.length === 2 && test({ longitude: longitude!, latitude: latitude! });
}

/** Meters between two points, by the angle between their vectors from the center of the Earth. */
export function distance(a: GeoPoint, b: GeoPoint): number {
  const vector = ({ latitude, longitude }: GeoPoint) => {
    const [lat, lon] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)] as const;
  };
  const [p, q] = [vector(a), vector(b)];
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) / 2));
}

function inBox({ latitude, longitude }: GeoPoint, { southWest, northEast }: GeoBox): boolean {
  if (latitude < southWest!.latitude || latitude > northEast!.latitude) return false;
  if (Math.abs(latitude) === 90) return true;
  const width = (((northEast!.longitude - southWest!.longitude) % 360) + 360) % 360;
  const whole = northEast!.longitude - southWest!.longitude === 360;
  const offset = (((longitude - southWest!.longitude) % 360) + 360) % 360;
  return whole || offset <= width;
}
