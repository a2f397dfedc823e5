import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EmbeddingModel, embedTexts } from '@kindred/embedder';

export interface RerankServer {
  url: string;
  close(): Promise<void>;
}

/**
 * An endpoint as Text Embeddings Inference has it ({ query, texts } in, [{ index, score }] out) whose score is the cosine of
 * a model's vectors: a bi-encoder, which reads neither text beside the other, and so no cross-encoder.
 */
export async function startRerankServer(model: EmbeddingModel): Promise<RerankServer> {
  const server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { query, texts } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { query: string; texts: string[] };
      const scores = await cosines(model, query, texts);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(scores.map((score, index) => ({ index, score }))));
    } catch (error) {
      response.statusCode = 500;
      response.end(JSON.stringify({ error: String(error) }));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rerank`,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** Vectors have length one. */
async function cosines(model: EmbeddingModel, query: string, texts: readonly string[]): Promise<number[]> {
  const [asked] = await embedTexts(model, [query], 'query');
  const read = await embedTexts(model, texts, 'document');
  return read.map((vector) => vector.reduce((sum, value, at) => sum + value * asked![at]!, 0));
}
