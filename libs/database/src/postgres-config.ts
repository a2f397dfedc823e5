import pg from 'pg';
import { typeParsers } from './type-parsers.ts';
import type { WireClient, WireConfig } from './wire-client.ts';

export interface PostgresOptions {
  url: string;
  poolSize?: number;
  applicationName?: string;
}

/**
 * What every service session starts with. `set local` overrides any of it for one transaction: training and
 * index builds raise statement_timeout.
 */
export const sessionSettings: Record<string, string> = {
  search_path: 'kindred,public',
  client_encoding: 'UTF8',
  datestyle: 'ISO',
  timezone: 'UTC',
  bytea_output: 'hex',
  jit: 'off',
  statement_timeout: '60s',
  idle_in_transaction_session_timeout: '60s',
  'hnsw.iterative_scan': 'relaxed_order',
  'ivfflat.iterative_scan': 'relaxed_order',
};

/** Sessions of services: the role is taken with the first packet, so no statement ever runs as the login user. */
export function serviceConfig(options: PostgresOptions): WireConfig {
  return connectionConfig(options, { role: 'kindred_service', ...sessionSettings });
}

/** Sessions of the migrator, as the login user itself. */
export function migratorConfig(options: PostgresOptions): WireConfig {
  return connectionConfig(options, { client_encoding: 'UTF8', datestyle: 'ISO', timezone: 'UTC' });
}

function connectionConfig(options: PostgresOptions, settings: Record<string, string>): WireConfig {
  const url = parseUrl(options.url);
  const given = url.searchParams.get('options') ?? '';
  url.searchParams.delete('options');
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return {
    connectionString: url.href,
    // The URL's own come first: the last one wins, and no URL may choose another role.
    options: [given, ...ours].join(' ').trim(),
    application_name: options.applicationName ?? 'kindred',
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: typeParsers,
    pipeline: true,
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^postgres(ql)?:$/.test(url.protocol)) return url;
  throw new Error('DATABASE_URL is not of the form postgres://user:password@host:5432/database');
}

/** A lost connection rejects what is pending on it; its error event, unheard, would end the process as well. */
export class QuietClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}

export function newClient(config: WireConfig): WireClient {
  return new QuietClient(config) as WireClient;
}
