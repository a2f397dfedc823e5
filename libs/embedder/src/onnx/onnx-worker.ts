// The thread that an ONNX model runs in.
import { workerData } from 'node:worker_threads';
import { serveModel } from '../threads/serve-model.ts';
import type { LoadedModel, OnnxAnswer, OnnxRequest, ThreadSettings } from './onnx-messages.ts';
import { OnnxSession } from './onnx-session.ts';

await serveModel<LoadedModel, OnnxRequest, OnnxAnswer>(async () => {
  const session = await OnnxSession.load(workerData as ThreadSettings);
  return {
    loaded: await session.describe(),
    close: () => session.close(),
    async answer(request) {
      if ('tokenize' in request) {
        const tokens = session.tokenize(request.tokenize);
        return { answer: { tokens }, moved: tokens.map(({ buffer }) => buffer) };
      }
      const vectors = await session.embed(request.embed, request.together);
      return { answer: { vectors }, moved: [vectors.buffer] };
    },
  };
});
