import { z } from 'zod';
import { parseAllowEntry } from '../egress/allow-list.js';
import { parseDnsServer } from '../egress/host-resolver.js';

const int = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback);
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .default(fallback);
const url = (protocols: string[], hint: string) =>
  z.string().refine((text) => protocols.some((protocol) => text.startsWith(protocol)) && URL.canParse(text), hint);
const web = () => url(['http://', 'https://'], 'must be an http or https URL').optional();
const text = () => z.string().optional();
/** A comma list; `parse` throws an Error for an item that is none. */
const list = (parse: (item: string) => unknown) =>
  z
    .string()
    .transform((value, context) => {
      const items = value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      for (const item of items) {
        try {
          parse(item);
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message });
        }
      }
      return items;
    })
    .default([]);

const database = url(
  ['sqlite:', 'mysql://', 'mariadb://'],
  'must be sqlite:<file>, mysql://user:password@host:port/database or mariadb://…',
);
const broker = url(['memory:', 'amqp://', 'amqps://'], 'must be memory: or amqp://user:password@host:port/vhost');

/** Every environment variable of the product: type, default, meaning. An empty value counts as absent. */
export const configSchema = z.object({
  /** HTTP port of the service; 0 = any free one. Each service has its own default. */
  PORT: int(3000, 0, 65_535),
  /** If set, the port really used is written to this file. */
  PORT_FILE: text(),
  /** Address to listen on. */
  HOST: z.string().default('127.0.0.1'),
  /** The database: chooses embedded (sqlite:) or distributed mode. */
  DATABASE_URL: database.default('sqlite:./data/gleaner.db'),
  /** The broker; `?prefix=x` gives all queues a prefix of their own. */
  BROKER_URL: broker.default('memory:'),
  /** A first API key with full rights; else one is generated and printed once. */
  GLEANER_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, 'must have 16 to 200 printable characters, without spaces')
    .optional(),
  /** The most chunks of one job in flight. */
  MAX_WORKERS: int(1000, 1, 100_000),
  /** Chunks that one scraper process runs at once. */
  WORKER_SLOTS: int(20, 1, 5000),
  /** Page fetches that one scraper process has in flight. */
  MAX_CONCURRENT_FETCHES: int(100, 1, 5000),
  /** Milliseconds one fetch may take, connecting included; each retry has them anew. */
  FETCH_TIMEOUT_MS: int(30_000, 100, 300_000),
  /** Milliseconds between heartbeats and lease renewals. */
  HEARTBEAT_MS: int(2000, 100, 60_000),
  /** Milliseconds a chunk stays a dead worker's. */
  LEASE_MS: int(6000, 300, 600_000),
  /** Milliseconds one chunk may run before it is handed back. */
  CHUNK_TIMEOUT_MS: int(600_000, 1000, 1_500_000),
  /** Consecutive chunk failures at which a slot stops. */
  MAX_CONSECUTIVE_ERRORS: int(5, 1, 1000),
  /** Milliseconds between starts of page fetches on one host; 0 = up to 6 at a time. */
  HOST_DELAY_MS: int(1000, 0, 3_600_000),
  /** Milliseconds between requests to one search provider, over all replicas. */
  PROVIDER_DELAY_MS: int(1000, 0, 3_600_000),
  /** Comma list of host:port, host or CIDR that the egress guard lets through. */
  EGRESS_ALLOW: list(parseAllowEntry),
  /** URL or address in the User-Agent by which a site's owner reaches the operator. Required in distributed mode. */
  CONTACT: z
    .string()
    .max(200)
    .regex(/^[\x21-\x7e]+$/, 'must be a URL or an e-mail address')
    .optional(),
  /** Who owns the number of scraper replicas. */
  SCALER_MODE: z.literal('none', 'must be none: other modes are not supported by this version').default('none'),
  /** Milliseconds a service may take to stop. */
  SHUTDOWN_GRACE_MS: int(10_000, 0, 600_000),
  /** Comma list of DNS servers; empty = the system's. */
  DNS_SERVERS: list(parseDnsServer),
  /** Check the MX records of found domains. */
  VERIFY_MX: flag(true),
  SEARXNG_URL: web(),
  SERPER_URL: web(),
  SERPER_API_KEY: text(),
  BRAVE_URL: web(),
  BRAVE_API_KEY: text(),
  SERPAPI_URL: web(),
  SERPAPI_API_KEY: text(),
  COMMONCRAWL_INDEX_URL: web(),
  COMMONCRAWL_DATA_URL: web(),
  /** Requests a minute and key; 0 = off. */
  RATE_LIMIT_PER_MINUTE: int(600, 0, 1_000_000),
  /** Open jobs of one account, held and paused ones included. */
  MAX_OPEN_JOBS: int(20_000, 1, 10_000_000),
  /** Lines of the site list of one job. */
  MAX_SITES_PER_JOB: int(1_000_000, 1, 100_000_000),
  /** The largest target of a job. */
  MAX_TARGET: int(10_000_000, 1, 2_000_000_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
});

type Values = z.output<typeof configSchema>;

/** The parsed environment, frozen; also the injection token. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- its fields come from the schema: a key is written down once
export class Config {
  constructor(values: Values) {
    Object.assign(this, values);
    Object.freeze(this);
  }

  /** More than one process may work on the same data: everything but SQLite with the in-process broker. */
  get isDistributed(): boolean {
    return !this.DATABASE_URL.startsWith('sqlite:') || !this.BROKER_URL.startsWith('memory:');
  }
}
export interface Config extends Readonly<Values> {}
