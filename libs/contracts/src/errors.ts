/** gRPC status names, as in the gRPC specification. */
export type StatusName =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'FAILED_PRECONDITION'
  | 'OUT_OF_RANGE'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'DEADLINE_EXCEEDED'
  | 'UNIMPLEMENTED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** Every error code that can leave Kindred, with the gRPC status it travels under. docs/errors.md is checked against it. */
export const errorCodes = {
  MALFORMED_JSON: 'INVALID_ARGUMENT',
  FIELD_MISSING: 'INVALID_ARGUMENT',
  FIELD_INVALID: 'INVALID_ARGUMENT',
  FIELD_TOO_LARGE: 'INVALID_ARGUMENT',
  TEXT_HAS_NULL_BYTE: 'INVALID_ARGUMENT',
  UNKNOWN_EVENT: 'INVALID_ARGUMENT',
  UNKNOWN_ATTRIBUTE: 'INVALID_ARGUMENT',
  ATTRIBUTE_TYPE_MISMATCH: 'INVALID_ARGUMENT',
  COLLECTION_NOT_FOUND: 'NOT_FOUND',
  ITEM_NOT_FOUND: 'NOT_FOUND',
  MODEL_NOT_FOUND: 'NOT_FOUND',
  FILTER_FIELD_UNDECLARED: 'INVALID_ARGUMENT',
  FILTER_INVALID: 'INVALID_ARGUMENT',
  FILTER_TOO_LARGE: 'INVALID_ARGUMENT',
  VECTOR_DIMENSION_MISMATCH: 'INVALID_ARGUMENT',
  VECTOR_NOT_FINITE: 'INVALID_ARGUMENT',
  VECTOR_ALL_ZERO: 'INVALID_ARGUMENT',
  MODEL_MISMATCH: 'FAILED_PRECONDITION',
  PAGE_TOKEN_INVALID: 'INVALID_ARGUMENT',
  PAGE_TOKEN_MISMATCH: 'INVALID_ARGUMENT',
  LIMIT_OUT_OF_RANGE: 'OUT_OF_RANGE',
  API_KEY_MISSING: 'UNAUTHENTICATED',
  API_KEY_UNKNOWN: 'UNAUTHENTICATED',
  ROLE_NOT_ALLOWED: 'PERMISSION_DENIED',
  SCHEMA_CHANGE_REFUSED: 'FAILED_PRECONDITION',
  NOT_IMPLEMENTED_YET: 'UNIMPLEMENTED',
  EMBEDDING_UNAVAILABLE: 'UNAVAILABLE',
  DATABASE_UNAVAILABLE: 'UNAVAILABLE',
  MESSAGING_UNAVAILABLE: 'UNAVAILABLE',
  SHUTTING_DOWN: 'UNAVAILABLE',
  DEADLINE_EXCEEDED: 'DEADLINE_EXCEEDED',
  TOO_MANY_REQUESTS: 'RESOURCE_EXHAUSTED',
  INTERNAL: 'INTERNAL',
} as const satisfies Record<string, StatusName>;

export type ErrorCode = keyof typeof errorCodes;

/**
 * A problem that its sender can mend. `field` is the path of the offending field ("" where there is none);
 * the message says what is wrong and the way out. Anything that is not a KindredError is retried, never shown.
 */
export class KindredError extends Error {
  override readonly name = 'KindredError';

  constructor(
    readonly code: ErrorCode,
    readonly field: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get status(): StatusName {
    return errorCodes[this.code];
  }
}
