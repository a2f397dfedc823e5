export type * from './database.ts';
export { type MaintenanceJob, maintenanceJobs } from './maintenance.ts';
