// The thread that an ONNX model runs in. One request at a time; the other side keeps the order.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { OnnxSession, Unusable } from './onnx-session.ts';
import type { ThreadReply, ThreadRequest, ThreadSettings } from './thread-messages.ts';

const port = parentPort as MessagePort;
const reply = (message: ThreadReply, moved: ArrayBufferLike[] = []) =>
  port.postMessage(message, moved as ArrayBuffer[]);

async function answer(session: OnnxSession, request: ThreadRequest): Promise<void> {
  if ('tokenize' in request) {
    const tokens = session.tokenize(request.tokenize);
    return reply(
      { tokens },
      tokens.map(({ buffer }) => buffer),
    );
  }
  if ('embed' in request) {
    const vectors = await session.embed(request.embed, request.together);
    return reply({ vectors }, [vectors.buffer]);
  }
  await session.close();
  port.close();
}

try {
  const session = await OnnxSession.load(workerData as ThreadSettings);
  const loaded = await session.describe();
  port.on('message', (request: ThreadRequest) => {
    answer(session, request).catch((error: unknown) => reply({ failed: String(error) }));
  });
  reply({ ready: loaded });
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  reply({ unusable: { field: error.field, message: error.message } });
}
