import { describe, expect, it } from 'vitest';
import { startConfig } from './start-config.ts';

describe('the configuration of kindred start', () => {
  it('works without any environment', () => {
    const config = startConfig({ demo: true }, {});
    expect(config.KINDRED_DEMO).toBeUndefined();
    expect(config).toMatchObject({
      GRPC_ADDRESS: '127.0.0.1:50051',
      HTTP_ADDRESS: '127.0.0.1:8080',
      KINDRED_DATA: '.kindred',
      LOG_LEVEL: 'warn',
    });
  });

  it('lets options overrule the environment', () => {
    const options = { demo: false, data: './here', grpc: '127.0.0.1:1', http: '127.0.0.1:2' };
    const env = { KINDRED_DATA: './there', GRPC_ADDRESS: '127.0.0.1:3', KINDRED_DEMO: 'on', LOG_LEVEL: 'info' };
    expect(startConfig(options, env)).toMatchObject({
      GRPC_ADDRESS: '127.0.0.1:1',
      HTTP_ADDRESS: '127.0.0.1:2',
      KINDRED_DATA: './here',
      KINDRED_DEMO: 'off',
      LOG_LEVEL: 'info',
    });
  });

  it('lists every problem at once', () => {
    const env = { GRPC_ADDRESS: 'here', DATABASE_URL: 'mysql://x', KINDRED_DEMO: 'maybe' };
    expect(() => startConfig({ demo: true }, env)).toThrow(
      /problems[\s\S]*GRPC_ADDRESS[\s\S]*DATABASE_URL[\s\S]*KINDRED_DEMO: must be on or off/,
    );
  });
});
