import { z } from 'zod';

/** What a caller may do: a writer reads too, an admin does everything. */
export const roles = ['reader', 'writer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Which tenant a credential stands for, and what it may do. */
export interface Grant {
  tenant: string;
  role: Role;
}

const tenant = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
  error: 'a tenant is 1-64 characters of a-z, 0-9, "-" and "_", starting with a letter or digit',
});

const isAddress = (value: string) => {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:/]+):(\d{1,5})$/.exec(value)?.[1];
  return port !== undefined && Number(port) <= 65_535;
};

const address = z.string().refine(isAddress, {
  error: 'must be host:port with a port of 0-65535, like 127.0.0.1:50051 or [::1]:50051',
});

const grant = z.object({ tenant, role: z.enum(roles, { error: 'a role is "reader", "writer" or "admin"' }) });

/** A variable that holds JSON of the given shape. */
function json<Schema extends z.ZodType>(schema: Schema, example: string) {
  return z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: `is not valid JSON; write it like ${example}` });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const key = z
  .string()
  .regex(/^[\x21-\x7e]{1,256}$/, { error: 'an API key is 1-256 printable ASCII characters without blanks' });
const apiKeys = json(z.record(key, grant), '{"<key>": {"tenant": "default", "role": "writer"}}');

/** Addresses, credentials and logs. Without API_KEYS only loopback addresses are bound. */
export const serverEnv = {
  GRPC_ADDRESS: address.default('127.0.0.1:50051'),
  HTTP_ADDRESS: address.default('127.0.0.1:8080'),
  /** Key to tenant and role. Absent: everybody who reaches the address is admin of tenant "default". */
  API_KEYS: apiKeys.optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be trace, debug, info, warn, error or silent',
    })
    .default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], { error: 'must be json or pretty' }).default('json'),
};

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, { error: 'must start with postgres:// or postgresql://' });

/** Where the rows are. Without DATABASE_URL: PGlite in this process, in the folder KINDRED_DATA. */
export const databaseEnv = {
  DATABASE_URL: postgresUrl.optional(),
  /** A replica for reads. Absent: DATABASE_URL. */
  DATABASE_READ_URL: postgresUrl.optional(),
  KINDRED_DATA: z.string().default('.kindred'),
  /** Connections per process. */
  DATABASE_POOL: z.coerce
    .number({ error: 'must be a whole number from 1 to 500' })
    .int({ error: 'must be a whole number from 1 to 500' })
    .min(1, { error: 'must be from 1 to 500' })
    .max(500, { error: 'must be from 1 to 500' })
    .default(10),
};

const brokers = z
  .string()
  .transform((value) => value.split(',').map((broker) => broker.trim()))
  .pipe(z.array(address));

/** Where the events are. Without KAFKA_BROKERS: a log table in the database. */
export const messagingEnv = {
  KAFKA_BROKERS: brokers.optional(),
  /** Topic prefix to tenant, like {"acme.": "acme"}. Topics without a known prefix belong to tenant "default". */
  KAFKA_TENANT_PREFIXES: json(z.record(z.string().min(1), tenant), '{"acme.": "acme"}').optional(),
};

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
const onOff = (otherwise: boolean) =>
  z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .transform((value) => value === 'on')
    .default(otherwise);
const wholeNumber = (low: number, high: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${low} to ${high}` })
    .int({ error: `must be a whole number from ${low} to ${high}` })
    .min(low, { error: `must be from ${low} to ${high}` })
    .max(high, { error: `must be from ${low} to ${high}` });

/** Which pictures and sounds may be fetched: by default those behind public http(s) addresses. See docs/media.md. */
export const mediaEnv = {
  /** Hosts that may have private addresses: "cdn.internal,images:8080". */
  MEDIA_ALLOWED_HOSTS: list.default([]),
  MEDIA_ALLOW_PRIVATE: onOff(false),
  /** file: addresses are read below this folder only. Absent: none is. */
  MEDIA_FOLDER: z.string().min(1).optional(),
  MEDIA_MAX_BYTES: wholeNumber(1, 1_073_741_824).default(20_971_520),
  MEDIA_TIMEOUT_MS: wholeNumber(1, 600_000).default(10_000),
  MEDIA_MAX_REDIRECTS: wholeNumber(0, 20).default(3),
};

/** Where models come from. Secrets are read from the environment by the names that models give (docs/providers.md). */
export const modelEnv = {
  /** Folders of ONNX models are looked for here. */
  MODEL_FOLDER: z.string().min(1).optional(),
  /** Whether files that a folder lacks may be fetched from the hub. */
  MODEL_DOWNLOADS: onOff(false),
};

const reranker = z.strictObject({
  provider: z.string({ error: 'must be http or onnx' }),
  parameters: z.record(z.string(), z.unknown()).default({}),
});

/** What hits can be ordered anew by, by the names that requests use (docs/queries.md). */
export const rerankEnv = {
  RERANKERS: json(
    z.record(z.string().min(1).max(64), reranker),
    '{"jina": {"provider": "http", "parameters": {"url": "http://localhost:8080/rerank", "model": "jina-reranker-v2"}}}',
  ).optional(),
};

const serverConfig = z.object(serverEnv);
export type ServerConfig = z.output<typeof serverConfig>;
const databaseConfig = z.object(databaseEnv);
export type DatabaseConfig = z.output<typeof databaseConfig>;
const messagingConfig = z.object(messagingEnv);
export type MessagingConfig = z.output<typeof messagingConfig>;
