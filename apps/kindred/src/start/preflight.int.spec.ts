import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAddresses } from './preflight.ts';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('before anything is opened', () => {
  it('says which address is in use, and which option chooses another', async () => {
    const address = `127.0.0.1:${port}`;
    const expected = `${address} is in use. Is Kindred running already? Stop it, or add --http 127.0.0.1:${port + 1}`;
    await expect(checkAddresses([{ option: '--http', address }])).rejects.toThrow(expected);
  });

  it('leaves a free port free', async () => {
    await checkAddresses([{ option: '--grpc', address: '127.0.0.1:0' }]);
    await checkAddresses([{ option: '--grpc', address: '[::1]:0' }]);
  });
});
