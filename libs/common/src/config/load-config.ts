import type { z } from 'zod';
import { Config, configSchema } from './config.schema.js';

/** sysexits.h EX_CONFIG: the supervisor must not restart a service that is configured wrongly. */
export const EXIT_CONFIG = 78;

/** All that is wrong with the environment, one line each. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(readonly problems: string[]) {
    super(`invalid configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Parses the environment; `defaults` are a service's own (its port). Throws a ConfigError that names every problem. */
export function loadConfig(defaults: Record<string, string> = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const config = new Config(parseEnv(configSchema, env, defaults));
  const problems = checkTogether(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** DATABASE_URL alone, for tools that need nothing else. */
export function loadDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  return parseEnv(configSchema.pick({ DATABASE_URL: true }), env).DATABASE_URL;
}

function parseEnv<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
  defaults: Record<string, string> = {},
): z.output<Schema> {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '');
  const result = schema.safeParse({ ...defaults, ...Object.fromEntries(given) });
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
}

function checkTogether(config: Config): string[] {
  const problems: string[] = [];
  if (config.LEASE_MS < 2 * config.HEARTBEAT_MS) problems.push('LEASE_MS must be at least twice HEARTBEAT_MS');
  const hasDatabase = !config.DATABASE_URL.startsWith('sqlite:');
  const hasBroker = !config.BROKER_URL.startsWith('memory:');
  if (hasDatabase !== hasBroker) {
    problems.push(
      'DATABASE_URL and BROKER_URL must both be servers (distributed) or both be embedded (sqlite:, memory:)',
    );
  }
  if (config.isDistributed && config.CONTACT === undefined) {
    problems.push(
      'CONTACT is required with DATABASE_URL and BROKER_URL: a URL or address for the owners of the sites visited',
    );
  }
  return problems;
}
