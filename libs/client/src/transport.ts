import { Channel, type ChannelCredentials, Client, credentials, Metadata } from '@grpc/grpc-js';
import { refusal } from './refusal.ts';

/** The four services, by the names their addresses are given under. Models and datasets belong to "embedding". */
export type ServiceName = 'catalog' | 'search' | 'recommendation' | 'embedding';

export interface TlsOptions {
  /** Certificates to trust, PEM. Absent: those of the system. */
  ca?: string | Buffer;
  /** A client certificate and its key, PEM, where the server asks for one. */
  cert?: string | Buffer;
  key?: string | Buffer;
}

export interface KindredOptions {
  /** host:port of all services, or one per service. Default 127.0.0.1:50051. */
  address?: string | Partial<Record<ServiceName, string>>;
  apiKey?: string;
  /** Longest time a call takes, retries included, in milliseconds. Default 10,000. Of a stream: between two results. */
  deadlineMs?: number;
  /** True for the system's certificates. Absent: no encryption. */
  tls?: boolean | TlsOptions;
}

/** What every call takes. */
export interface CallOptions {
  /** Instead of the client's. Milliseconds. */
  deadlineMs?: number;
  /** Ends the call; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Goes into the server's logs. Default: a new UUID. */
  requestId?: string;
}

/** Answers may be large (1,000 items with their texts); reconnecting is quick because retries are. */
const channelOptions = {
  'grpc.max_receive_message_length': 256 * 1024 * 1024,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5_000,
};

/** Some 31 years. */
const longestMs = 1_000_000_000_000;

/** Connections, credentials and defaults of one client. Connects at the first call; one connection per address. */
export class Transport {
  readonly deadlineMs: number;
  private readonly channels = new Map<string, Channel>();
  private readonly clients = new Map<string, Client>();

  constructor(private readonly options: KindredOptions) {
    this.deadlineMs = options.deadlineMs ?? 10_000;
    if (!(this.deadlineMs > 0)) throw new RangeError(`deadlineMs is ${options.deadlineMs}; it must be above 0`);
  }

  /** How long a call may take. gRPC throws outside of the call at what it cannot write down, which ends the process. */
  patienceOf({ deadlineMs = this.deadlineMs }: CallOptions): number {
    if (deadlineMs === Infinity || deadlineMs <= longestMs) return deadlineMs;
    throw refusal(
      'FIELD_INVALID',
      'deadlineMs',
      `is ${deadlineMs}; it must be a number up to ${longestMs}, or Infinity`,
    );
  }

  addressOf(service: ServiceName): string {
    const { address = '127.0.0.1:50051' } = this.options;
    const found = typeof address === 'string' ? address : address[service];
    if (found === undefined)
      throw new Error(`this client has no address for the ${service} service; give address.${service}`);
    return found;
  }

  clientOf(service: ServiceName): Client {
    const address = this.addressOf(service);
    let client = this.clients.get(address);
    if (!client) {
      const secure = credentialsOf(this.options.tls);
      const channel = new Channel(address, secure, channelOptions);
      client = new Client(address, secure, { channelOverride: channel });
      this.channels.set(address, channel);
      this.clients.set(address, client);
    }
    return client;
  }

  metadata(requestId: string): Metadata {
    const metadata = new Metadata();
    metadata.set('x-request-id', requestId);
    if (this.options.apiKey !== undefined) metadata.set('authorization', `Bearer ${this.options.apiKey}`);
    return metadata;
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    for (const channel of this.channels.values()) channel.close();
    this.clients.clear();
    this.channels.clear();
  }
}

function credentialsOf(tls: KindredOptions['tls']): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  const { ca, cert, key } = tls === true ? {} : tls;
  return credentials.createSsl(bytes(ca), bytes(key), bytes(cert));
}

const bytes = (pem: string | Buffer | undefined) => (pem === undefined ? null : Buffer.from(pem));
