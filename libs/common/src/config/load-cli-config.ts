import { z } from 'zod';
import { configSchema } from './config.schema.js';
import { ConfigError } from './load-config.js';

/** What the command line takes from the environment: which server to talk to, and with which key. */
const cliSchema = z.object({
  /** Base URL of a running gateway; absent = the command starts a system of its own. */
  GLEANER_URL: z
    .string()
    .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'must be an http or https URL')
    .optional(),
  /** The key sent to that server. */
  GLEANER_API_KEY: z.string().optional(),
});
export type CliConfig = z.output<typeof cliSchema>;

/** Where a system that the command line starts keeps its things: nothing outside of its own folder and port. */
export interface EmbeddedSettings {
  folder: string;
  portFile: string;
  apiKey: string;
  /** Settings of this run alone. */
  overrides?: Readonly<Record<string, string>>;
  /** Take none of the caller's product settings (MAX_WORKERS, EGRESS_ALLOW, …): the same run everywhere. */
  isolated?: boolean;
}

/** Parses the part of the environment that the command line reads. Throws a ConfigError that names every problem. */
export function loadCliConfig(env: NodeJS.ProcessEnv = process.env): CliConfig {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '');
  const result = cliSchema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
}

/** The environment of an embedded system: the caller's, but with a database, broker, port and key of its own. */
export function embeddedEnv(settings: EmbeddedSettings, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const dropped = settings.isolated ? Object.keys(configSchema.shape) : [];
  const kept = Object.entries(env).filter(([key]) => !dropped.includes(key));
  return {
    ...Object.fromEntries(kept),
    // For whoever reads the end of the log after a failed start.
    LOG_FORMAT: 'pretty',
    LOG_LEVEL: 'info',
    // Its one client is the command itself.
    RATE_LIMIT_PER_MINUTE: '0',
    ...settings.overrides,
    HOST: '127.0.0.1',
    PORT: '0',
    PORT_FILE: settings.portFile,
    GLEANER_API_KEY: settings.apiKey,
    DATABASE_URL: `sqlite:${settings.folder}/gleaner.db`,
    BROKER_URL: 'memory:',
  };
}
