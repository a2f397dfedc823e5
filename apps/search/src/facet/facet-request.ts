import { type FacetField, type FacetRequest, KindredError, type Range } from '@kindred/contracts';
import { type CollectionRow, type FilterField, filterField, refuseUnlisted } from '@kindred/vector-index';

const mostFields = 20;
const mostValues = 1_000;
const mostRanges = 100;
const defaultValues = 10;

/** One field to count by, checked. */
export interface Facet {
  field: FilterField;
  /** Where the field stands in the request: "fields[0]". */
  path: string;
  limit: number;
  /** Empty: by value. */
  ranges: Range[];
}

/** Throws a KindredError that names what cannot be counted. */
export function facetsOf({ fields }: FacetRequest, collection: CollectionRow): Facet[] {
  if (fields.length === 0)
    throw new KindredError('FIELD_MISSING', 'fields', 'fields is empty; name a field to count by');
  if (fields.length > mostFields) {
    const message = `fields has ${fields.length} fields; at most ${mostFields} are counted at once`;
    throw new KindredError('FIELD_TOO_LARGE', 'fields', message);
  }
  return fields.map((wanted, at) => facetOf(wanted, `fields[${at}]`, collection));
}

function facetOf(
  { field: name, limit = defaultValues, ranges }: FacetField,
  path: string,
  collection: CollectionRow,
): Facet {
  const field = filterField(name, `${path}.field`, collection);
  if (field.type === 'geo') {
    const message = `${path}.field "${name}" is of type geo, which has no values to count; count with radius or box filters`;
    throw new KindredError('FIELD_INVALID', `${path}.field`, message);
  }
  refuseUnlisted(field, `${path}.field`, collection, 'count by it');
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= mostValues)) {
    const message = `${path}.limit is ${limit}; it must be from 1 to ${mostValues}`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', `${path}.limit`, message);
  }
  if (ranges.length > mostRanges) {
    const message = `${path}.ranges has ${ranges.length} ranges; at most ${mostRanges} are counted at once`;
    throw new KindredError('FIELD_TOO_LARGE', `${path}.ranges`, message);
  }
  return { field, path, limit, ranges };
}
