import { KindredError } from '@kindred/contracts';

const pattern = /^[a-z0-9._-]{1,64}$/;
const mostDescription = 4_096;

/** Throws FIELD_INVALID unless it is 1-64 characters of a-z, 0-9, "-", "_" and ".". */
export function checkName(field: string, name: string): void {
  if (pattern.test(name)) return;
  const message = `${field} must be 1-64 characters of a-z, 0-9, "-", "_" and "."; give the dataset such a name`;
  throw new KindredError('FIELD_INVALID', field, message);
}

/** At most 4,096 bytes of UTF-8. Throws FIELD_TOO_LARGE or TEXT_HAS_NULL_BYTE. */
export function checkDescription(description: string): void {
  if (description.includes('\u0000')) {
    const message = 'description contains a null byte (U+0000); remove it';
    throw new KindredError('TEXT_HAS_NULL_BYTE', 'description', message);
  }
  if (Buffer.byteLength(description) <= mostDescription) return;
  const message = `description is longer than ${mostDescription} bytes of UTF-8; shorten it`;
  throw new KindredError('FIELD_TOO_LARGE', 'description', message);
}

/** Throws FIELD_INVALID for what is no time of the years 1 to 9999. */
export function checkTime(before: Date): void {
  const year = before.getUTCFullYear();
  if (year >= 1 && year <= 9999) return;
  const message = 'interactions_before must be a time of the years 1 to 9999; leave it out to take all interactions';
  throw new KindredError('FIELD_INVALID', 'interactions_before', message);
}
