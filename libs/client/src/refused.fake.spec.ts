import { Metadata, status } from '@grpc/grpc-js';

/** An error as the server sends it. */
export function refused(
  code: string,
  field: string,
  details: string,
  name: keyof typeof status = 'INVALID_ARGUMENT',
): object {
  const metadata = new Metadata();
  metadata.set('kindred-code', code);
  metadata.set('kindred-field', encodeURIComponent(field));
  metadata.set('x-request-id', 'from-the-server');
  return { code: status[name], details, metadata };
}
