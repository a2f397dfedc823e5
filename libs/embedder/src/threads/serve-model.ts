// Runs in a worker thread: Node starts it from src/ as it is, so no syntax that needs more than stripping of types.
import { type MessagePort, parentPort } from 'node:worker_threads';
import { firstLine } from './first-line.ts';
import type { CloseRequest, Failed, ThreadStart } from './thread-messages.ts';
import { Unusable } from './unusable.ts';

export interface ServedModel<Loaded, Request, Answer> {
  loaded: Loaded;
  /** The buffers that move to the other side with the answer. */
  answer(request: Request): Promise<{ answer: Answer; moved: ArrayBufferLike[] }>;
  close(): Promise<unknown>;
}

/** A worker's whole life: loads its model, answers, ends when it is asked to. The other side asks one thing at a time. */
export async function serveModel<Loaded, Request extends object, Answer>(
  load: () => Promise<ServedModel<Loaded, Request, Answer>>,
): Promise<void> {
  const port = parentPort as MessagePort;
  const reply = (message: ThreadStart<Loaded> | Answer | Failed, moved: ArrayBufferLike[] = []) =>
    port.postMessage(message, moved as ArrayBuffer[]);
  try {
    const model = await load();
    const serve = async (request: Request | CloseRequest) => {
      if (!('close' in request)) {
        const { answer, moved } = await model.answer(request);
        return reply(answer, moved);
      }
      await model.close();
      port.close();
    };
    port.on('message', (request: Request | CloseRequest) => {
      serve(request).catch((error: unknown) => reply({ failed: firstLine(error) }));
    });
    reply({ ready: model.loaded });
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    reply({ unusable: { field: error.field, message: error.message } });
  }
}
