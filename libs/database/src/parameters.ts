/** The text or binary form of one statement parameter, as the wire protocol takes it. Throws TypeError for what has no form. */
export function toParameter(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      return objectToParameter(value);
    default:
      throw new TypeError(`A ${typeof value} cannot be a statement parameter`);
  }
}

function objectToParameter(value: object): string | Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return arrayLiteral(value);
  throw new TypeError('Send JSON as a string with ::jsonb, a vector through Database.vector()');
}

function arrayLiteral(list: readonly unknown[]): string {
  // Ids, most of the time: a tenth of what a look at each one takes.
  if (list.length > 0 && list.every((value) => typeof value === 'string')) {
    const text = list.join('","');
    if (text.split('"').length === 2 * list.length - 1 && !text.includes('\\')) return `{"${text}"}`;
  }
  return `{${list.map(arrayElement).join(',')}}`;
}

function arrayElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return arrayLiteral(value);
  const form = toParameter(value);
  if (typeof form === 'string') return typeof value === 'string' ? quoted(form) : `"${form}"`;
  return `"\\\\x${form!.toString('hex')}"`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const headerBytes = 4;

/** pgvector's binary form: int16 dimensions, int16 zero, float32 each; all big-endian. */
export function vectorBytes(values: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + 4 * values.length);
  writeVector(bytes, 0, values);
  return bytes;
}

/**
 * PostgreSQL's binary form of a one-dimensional array of vectors: dimensions, has-null flag, element type, length and
 * lower bound as int32, then each element with its byte length before it.
 */
export function vectorArrayBytes(list: readonly Float32Array[], elementOid: number): Buffer {
  const elementBytes = list.map((vector) => headerBytes + 4 * vector.length);
  const bytes = Buffer.allocUnsafe(20 + elementBytes.reduce((sum, size) => sum + 4 + size, 0));
  const header = list.length === 0 ? [0, 0, elementOid] : [1, 0, elementOid, list.length, 1];
  let at = 0;
  for (const word of header) at = bytes.writeInt32BE(word, at);
  for (const [index, vector] of list.entries()) {
    at = bytes.writeInt32BE(elementBytes[index]!, at);
    at = writeVector(bytes, at, vector);
  }
  return bytes.subarray(0, at);
}

function writeVector(bytes: Buffer, start: number, values: Float32Array): number {
  let at = bytes.writeInt16BE(values.length, start);
  at = bytes.writeInt16BE(0, at);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < values.length; index++, at += 4) view.setFloat32(at, values[index]!);
  return at;
}
