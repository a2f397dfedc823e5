import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  path: string;
  authorization: string | undefined;
  body: { model: string; input: string[]; encoding_format?: string; dimensions?: number };
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it is when a string, else as JSON. */
  body: unknown;
}

/** What the server does instead of answering well: an answer, or its own handling of the response. */
export type Fault = (asked: Asked, response: ServerResponse) => Answer | undefined;

export const fakeDimensions = 8;

/** A server that speaks the protocol of embeddings, with faults to order: each serves one request, in turn. */
export class FakeEmbeddingsServer {
  readonly asked: Asked[] = [];
  readonly faults: Fault[] = [];
  /** Done to every request that no fault takes. */
  always: Fault | undefined;
  #server: Server | undefined;
  /** Requests answered at the same time, at most. */
  mostAtOnce = 0;
  #atOnce = 0;

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server!.address() as AddressInfo).port}/v1`;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server!.close(resolve));
  }

  forget(): void {
    this.asked.length = 0;
    this.faults.length = 0;
    this.always = undefined;
    this.mostAtOnce = 0;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    response.on('close', () => {
      this.#atOnce -= 1;
    });
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = JSON.parse(Buffer.concat(pieces).toString()) as Asked['body'];
    const asked = { path: request.url!, authorization: request.headers.authorization, body };
    this.asked.push(asked);
    const fault = this.faults.shift() ?? this.always;
    const answer = fault ? fault(asked, response) : wellAnswered(asked);
    if (!answer) return;
    const { status = 200, headers = {}, body: content } = answer;
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(text);
  }
}

/** A vector of its text alone: other texts, other vectors; not of length 1. */
export function fakeVector(text: string): number[] {
  const vector = Array.from({ length: fakeDimensions }, (_, at) => 0.1 * (at + 1));
  for (const [at, character] of [...text].entries()) {
    const code = character.codePointAt(0)! * (at + 1);
    vector[code % fakeDimensions]! += 1 + (code % 7) / 7;
  }
  return vector;
}

export function wellAnswered({ body }: Asked): Answer {
  const encode = (vector: number[]) =>
    body.encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
  const data = body.input.map((text, index) => ({ object: 'embedding', index, embedding: encode(fakeVector(text)) }));
  const tokens = body.input.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  return {
    body: { object: 'list', model: body.model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  };
}

/** A good answer, its vectors changed. */
export function answeredWith(change: (data: { index?: number; embedding: unknown }[]) => unknown[]): Fault {
  return (asked) => {
    const { body } = wellAnswered(asked) as { body: { data: { index?: number; embedding: unknown }[] } };
    return { body: { ...body, data: change(body.data) } };
  };
}

/** An error as OpenAI words it. */
export function failing(status: number, message: string, headers: Record<string, string> = {}): Fault {
  return () => ({ status, headers, body: { error: { message, type: 'error', code: null } } });
}
