export type * from './database.ts';
export { type MaintenanceJob, maintenanceJobs } from './maintenance.ts';
export { type MigrationReport, migrate } from './migrate.ts';
export { type DatabaseOptions, openDatabase } from './open-database.ts';
export { saveSnapshot } from './pglite-database.ts';
export { isDataError, sqlState } from './sql-error.ts';
