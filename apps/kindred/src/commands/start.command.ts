import { Command } from 'commander';

export interface StartOptions {
  demo: boolean;
  data?: string;
  grpc?: string;
  http?: string;
}

const examples = `
Examples:
  $ kindred start                                   # embedded PostgreSQL in .kindred, demo included
  $ kindred start --no-demo --data ./shop-data
  $ kindred start --grpc 127.0.0.1:50052 --http 127.0.0.1:8081
  $ DATABASE_URL=postgres://app@db/shop KAFKA_BROKERS=kafka:9092 kindred start

Environment: GRPC_ADDRESS, HTTP_ADDRESS, API_KEYS, LOG_LEVEL, LOG_FORMAT, DATABASE_URL, DATABASE_READ_URL, DATABASE_POOL,
KINDRED_DATA, KAFKA_BROKERS, KAFKA_TENANT_PREFIXES, KINDRED_DEMO=on|off. Without DATABASE_URL the database runs in this process.`;

export function startCommand(): Command {
  return new Command('start')
    .description('Run all services in this process')
    .option('--no-demo', 'do not load the demo into an empty database')
    .option('--data <folder>', 'folder of the embedded database (env KINDRED_DATA)')
    .option('--grpc <host:port>', 'where gRPC listens (env GRPC_ADDRESS)')
    .option('--http <host:port>', 'where health and metrics listen (env HTTP_ADDRESS)')
    .addHelpText('after', examples)
    .action(async (options: StartOptions) => {
      // Nest, PGlite and the model are loaded for this command only: the others answer in a tenth of the time.
      const { start } = await import('../start/start.ts');
      await start(options);
    });
}
