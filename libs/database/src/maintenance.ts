/** Every job that sees all tenants' rows, and why it must. Nothing else may use the maintenance role. */
export const maintenanceJobs = {
  'event-log': 'publishes, leases and reads the event log for all tenants, then hands each batch over by tenant',
  'status-of-log': 'counts the lag of consumer groups, which span tenants',
  'list-tenants': 'lists which tenants and collections exist, for periodic rebuilds that then run per tenant',
  'find-vectors-behind': 'finds the collections of all tenants whose vectors lag, to repair them tenant by tenant',
  'find-vector-indexes':
    'finds the collections of all tenants that have a vector index or declare one, to look after them one by one',
  'count-robots': 'counts the robots of all tenants by name of their collection, for the metrics',
  statistics: 'analyzes the tables of an embedded database, which hold the rows of all tenants',
} as const;

export type MaintenanceJob = keyof typeof maintenanceJobs;
