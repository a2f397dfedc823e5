import net from 'node:net';
import tls from 'node:tls';
import { deferred } from './deferred.ts';
import type { WireClient } from './wire-client.ts';

const cancelCode = 80877102;
const tlsCode = 80877103;

/**
 * PostgreSQL's cancel request: a connection of its own that carries the key of the other one and needs no login, so
 * it also works where the role may not call pg_cancel_backend. Resolves when the server closed it, which it does after it
 * has signaled the backend; a request that cannot be delivered leaves the statement to its timeout.
 */
export async function cancelStatement(client: WireClient): Promise<void> {
  const { promise, resolve } = deferred<void>();
  const socket = client.host.startsWith('/')
    ? net.connect(`${client.host}/.s.PGSQL.${client.port}`)
    : net.connect(client.port, client.host);
  socket.setTimeout(5000, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve());
  const request = packet(cancelCode, client.processID, client.secretKey);
  if (!client.ssl) {
    socket.end(request);
  } else {
    socket.write(packet(tlsCode));
    socket.once('data', () => {
      const options = typeof client.ssl === 'object' ? client.ssl : {};
      const secured = tls.connect({ ...options, socket, servername: net.isIP(client.host) ? undefined : client.host });
      secured.on('error', () => socket.destroy());
      secured.end(request);
    });
  }
  socket.resume();
  await promise;
}

function packet(...words: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  let at = bytes.writeInt32BE(bytes.length, 0);
  for (const word of words) at = bytes.writeInt32BE(word | 0, at);
  return bytes;
}
