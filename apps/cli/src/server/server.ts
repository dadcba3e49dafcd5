import { loadCliConfig } from '#common/config/load-cli-config.js';
import { ApiClient } from '../api/api-client.js';
import { UsageError } from '../cli-error.js';
import { type EmbeddedOptions, EmbeddedSystem } from './embedded-system.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** --url and --key, as every command takes them. */
export interface ServerOptions {
  url?: string;
  key?: string;
}

/** The Gleaner that a command works with: somebody's running server, or one of its own for as long as the command lasts. */
export interface Server {
  client: ApiClient;
  isEmbedded: boolean;
  /** Aborts if an embedded system falls over. */
  failure: AbortSignal;
  close(): Promise<void>;
}

/** The server that was named, by option or environment; undefined where none was. */
export function findServerUrl(options: ServerOptions): string | undefined {
  const url = options.url ?? loadCliConfig().GLEANER_URL;
  if (url !== undefined && !(/^https?:\/\//.test(url) && URL.canParse(url))) {
    throw new UsageError(`--url ${url}: expected an http or https URL, such as ${DEFAULT_URL}`);
  }
  return url;
}

/** A client of a running server: the one that was named, else the one that `npm start` starts. */
export function connect(options: ServerOptions): ApiClient {
  return new ApiClient(findServerUrl(options) ?? DEFAULT_URL, options.key ?? loadCliConfig().GLEANER_API_KEY);
}

/** The server that was named, else an embedded system. */
export async function openServer(options: ServerOptions, signal: AbortSignal): Promise<Server> {
  if (findServerUrl(options) === undefined) return startEmbedded({ signal });
  return { client: connect(options), isEmbedded: false, failure: new AbortController().signal, close: async () => {} };
}

export async function startEmbedded(options: EmbeddedOptions): Promise<Server> {
  const { system, client } = await EmbeddedSystem.start(options);
  return { client, isEmbedded: true, failure: system.failure, close: () => system.stop() };
}
