import { Command } from 'commander';

const examples = `
Examples:
  $ DATABASE_URL=postgres://migrator@db/shop KAFKA_BROKERS=kafka:9092 kindred migrate
  $ kindred migrate                                 # the embedded database in .kindred

Run it with a role that may create roles and extensions, before the services of a new version start. It is safe to run twice.`;

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Bring the database schema and the topics up to date')
    .addHelpText('after', examples)
    .action(async () => {
      const { migrateAll } = await import('../start/migrate-all.ts');
      await migrateAll();
    });
}
