/** A copy, 32 bits little-endian each, as bytea has them: the values may be of memory that threads go on writing. */
export const bytesOfFloats = (values: Float32Array): Buffer => Buffer.from(values.slice().buffer);

/** A copy: what the driver gives need not begin at a multiple of four. */
export const floatsOfBytes = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);
