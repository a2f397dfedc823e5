import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, databaseEnv, messagingEnv, readConfig, serverEnv } from './index.ts';

const schema = z.object({ ...serverEnv, ...databaseEnv, ...messagingEnv });

const problemsOf = (env: Record<string, string>): string => {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was taken');
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig(schema, {})).toEqual({
      GRPC_ADDRESS: '127.0.0.1:50051',
      HTTP_ADDRESS: '127.0.0.1:8080',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      KINDRED_DATA: '.kindred',
      DATABASE_POOL: 10,
    });
  });

  it('takes a blank variable for an absent one', () => {
    expect(readConfig(schema, { DATABASE_URL: '', KAFKA_BROKERS: ' ', LOG_LEVEL: '' })).toMatchObject({
      LOG_LEVEL: 'info',
    });
  });

  it('reads lists and JSON', () => {
    const env = {
      KAFKA_BROKERS: 'kafka-1:9092, kafka-2:9092',
      KAFKA_TENANT_PREFIXES: '{"acme.": "acme"}',
      API_KEYS: '{"k": {"tenant": "acme", "role": "reader"}}',
      DATABASE_POOL: '25',
    };
    expect(readConfig(schema, env)).toMatchObject({
      KAFKA_BROKERS: ['kafka-1:9092', 'kafka-2:9092'],
      KAFKA_TENANT_PREFIXES: { 'acme.': 'acme' },
      API_KEYS: { k: { tenant: 'acme', role: 'reader' } },
      DATABASE_POOL: 25,
    });
  });

  it('lists every problem at once, each by its variable', () => {
    const message = problemsOf({
      GRPC_ADDRESS: 'localhost',
      HTTP_ADDRESS: '127.0.0.1:99999',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
      DATABASE_URL: 'mysql://x',
      DATABASE_POOL: 'many',
      KAFKA_BROKERS: 'kafka',
      KAFKA_TENANT_PREFIXES: '{"a.": "No Tenant"}',
      API_KEYS: '{broken',
    });
    expect(message).toMatch(/^The configuration has 9 problems:/);
    for (const name of ['GRPC_ADDRESS', 'HTTP_ADDRESS', 'LOG_LEVEL', 'LOG_FORMAT', 'DATABASE_URL', 'DATABASE_POOL']) {
      expect(message).toContain(`\n  ${name}: `);
    }
    expect(message).toContain('KAFKA_BROKERS.0: must be host:port');
    expect(message).toContain('KAFKA_TENANT_PREFIXES.a.: a tenant is');
    expect(message).toContain('API_KEYS: is not valid JSON; write it like');
  });

  it('never prints an API key', () => {
    const bad = JSON.stringify({
      'hunter2-key': { tenant: 'x', role: 'king' },
      'hunter2 blank': { tenant: 'x', role: 'admin' },
    });
    const message = problemsOf({ API_KEYS: bad });
    expect(message).toContain('a role is "reader", "writer" or "admin"');
    expect(message).not.toContain('hunter2');
  });

  it('names a variable that is needed and not set', () => {
    expect(() => readConfig(z.object({ MODEL_URL: z.url() }), {})).toThrow(/MODEL_URL \(not set\)/);
  });
});
