export type * from './database.ts';
export { type MaintenanceJob, maintenanceJobs } from './maintenance.ts';
export { type MigrationReport, migrate } from './migrate.ts';
export { type DatabaseOptions, openDatabase } from './open-database.ts';
export { vectorBytes } from './parameters.ts';
export { saveSnapshot } from './pglite-database.ts';
export { withMigrator } from './postgres-database.ts';
export { isDataError, isOfReplica, sqlState } from './sql-error.ts';
export type { WireClient } from './wire-client.ts';
