import { KindredError } from '@kindred/contracts';

export function tooLarge(bytes: number, field: string): KindredError {
  return new KindredError('FIELD_TOO_LARGE', field, `${field} has more than ${bytes} bytes; send a smaller file`);
}
