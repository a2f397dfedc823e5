import { recommendationEnv } from '@kindred/recommendation';
import { databaseEnv, mediaEnv, messagingEnv, modelEnv, readConfig, rerankEnv, serverEnv } from '@kindred/runtime';
import { searchEnv } from '@kindred/search';
import { z } from 'zod';
import type { StartOptions } from '../commands/start.command.ts';

const schema = z.object({
  ...serverEnv,
  ...databaseEnv,
  ...messagingEnv,
  ...modelEnv,
  ...mediaEnv,
  ...rerankEnv,
  ...recommendationEnv,
  QUERY_LOG: searchEnv.QUERY_LOG,
  RECALL_SAMPLE: searchEnv.RECALL_SAMPLE,
  /** Logs of `kindred start` share the terminal with people. */
  LOG_LEVEL: serverEnv.LOG_LEVEL.unwrap().default('warn'),
  /** Absent: on for an embedded database that holds nothing else. */
  KINDRED_DEMO: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
});

export type StartConfig = z.output<typeof schema>;

/** The environment, overruled by the command's options. Throws a ConfigError that lists every problem. */
export function startConfig(options: StartOptions, env: NodeJS.ProcessEnv = process.env): StartConfig {
  const given: Record<string, string | undefined> = { ...env };
  if (options.data !== undefined) given.KINDRED_DATA = options.data;
  if (options.grpc !== undefined) given.GRPC_ADDRESS = options.grpc;
  if (options.http !== undefined) given.HTTP_ADDRESS = options.http;
  if (!options.demo) given.KINDRED_DEMO = 'off';
  if (given.LOG_FORMAT === undefined && process.stdout.isTTY) given.LOG_FORMAT = 'pretty';
  return readConfig(schema, given);
}

export const migrateConfig = () => readConfig(z.object({ ...databaseEnv, ...messagingEnv }));
