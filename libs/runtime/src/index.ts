export { type Call, type CancellableCall, callSignal } from './call-signal.ts';
export { attachCaller, type Caller, callerOf, requireRole } from './caller.ts';
export { ConfigError, readConfig } from './config.ts';
export {
  type DatabaseConfig,
  databaseEnv,
  type Grant,
  type MessagingConfig,
  mediaEnv,
  messagingEnv,
  modelEnv,
  type Role,
  rerankEnv,
  type ServerConfig,
  serverEnv,
} from './env.ts';
export { Log, openLog } from './log.ts';
export { Metrics } from './metrics.ts';
export { type Check, type CheckResult, Readiness, type ReadinessReport } from './readiness.ts';
export { runProcess } from './run-process.ts';
export type { Service } from './service.ts';
export { type RunningServices, type StartOptions, startServices } from './start-services.ts';
export { streamError } from './stream-error.ts';
export { version } from './version.ts';
