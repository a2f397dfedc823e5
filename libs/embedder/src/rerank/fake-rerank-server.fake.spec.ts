import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RerankAsked {
  authorization: string | undefined;
  body: { model?: string; query: string; documents?: string[]; texts?: string[] };
}

export type RerankFault = (response: ServerResponse, asked: RerankAsked) => void;

/** A server that reranks by the words that query and text share; `fault`, when set, takes every request instead. */
export class FakeRerankServer {
  readonly asked: RerankAsked[] = [];
  fault: RerankFault | undefined;
  #server: Server | undefined;

  get url(): string {
    return `http://127.0.0.1:${(this.#server!.address() as AddressInfo).port}/rerank`;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server!.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = JSON.parse(Buffer.concat(pieces).toString()) as RerankAsked['body'];
    const asked = { authorization: request.headers.authorization, body };
    this.asked.push(asked);
    if (this.fault) return this.fault(response, asked);
    answerWith(response, body.texts ? scored(body) : { results: scored(body).map(asRelevance) });
  }
}

const asRelevance = ({ index, score }: { index: number; score: number }) => ({ index, relevance_score: score });

/** Best first, as servers answer. */
export function scored({ query, documents, texts = documents ?? [] }: RerankAsked['body']) {
  return texts
    .map((text, index) => ({ index, score: sharedWords(query, text) }))
    .sort((left, right) => right.score - left.score);
}

export function sharedWords(query: string, text: string): number {
  const words = text.toLowerCase().split(/\s+/);
  const wanted = new Set(query.toLowerCase().split(/\s+/));
  return words.filter((word) => wanted.has(word)).length / (words.length + 1);
}

export function answerWith(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
