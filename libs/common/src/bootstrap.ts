import { renameSync, writeFileSync } from 'node:fs';
import { type DynamicModule, type INestApplication, Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { Broker, type BrokerServer } from './broker/broker.js';
import { createBroker } from './broker/create-broker.js';
import { Consumers } from './broker/consumers.js';
import { ErrorsFilter } from './broker/errors.filter.js';
import type { Subscription } from './broker/topology.js';
import { Config } from './config/config.schema.js';
import { ConfigError, EXIT_CONFIG, loadConfig } from './config/load-config.js';
import { endsWithin } from './domain/deadline.js';
import { describeError } from './domain/errors.js';
import { HttpDrain } from './http/http-drain.js';
import { ProblemFilter } from './http/problem.filter.js';
import { HealthModule } from './observability/health.module.js';
import { JsonLogger } from './observability/json-logger.js';
import { ServiceState } from './observability/service-state.js';
import { DatabaseConfigError, openDatabase } from './persistence/open-database.js';
import { SqliteInUseError } from './persistence/sqlite-lock.js';
import { type Departing, Shutdown } from './shutdown.js';
import { VERSION } from './version.js';

/** What one process is made of. `standalone` names the modules and subscriptions of all three services. */
export interface Service {
  name: string;
  defaultPort: number;
  modules: Type[];
  /** What it consumes, and with how many handlers at once. */
  consumes: { subscription: Subscription; concurrency: (config: Config) => number }[];
  /** Others send it requests: while it stops it goes on serving them until they have learned of it. */
  hasClients?: boolean;
  /** HTTP set-up before listening (gateway). */
  setUpHttp?(app: NestExpressApplication, config: Config): void;
  onListening?(url: string): void;
  /** A bug ends this process: the time (FATAL_MS) to write down why, for those who stay. May reject. */
  onFatal?(app: INestApplication, error: unknown): Promise<void>;
}

/** Database connections of one process: more did not raise the flush rate here, and servers allow 151 by default. */
const POOL_SIZE = 10;
const FATAL_MS = 2000;

const logger = new Logger('Bootstrap');

/** Starts a service and keeps it running until SIGTERM or SIGINT; sets the exit code: 0, 1, or 78 for configuration. */
export async function startService(service: Service): Promise<void> {
  const stopping = new AbortController();
  let running: Running | null = null;
  // Once: the terminal sends a Ctrl-C to npm and to us, and npm passes it on.
  const stop = (signal: string): void => {
    if (stopping.signal.aborted) return;
    logger.log('shutting down', { signal });
    stopping.abort(new Error('stopped while starting'));
    void running?.shutdown.run(running).then((code) => exit(code));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // A bug: the state of this process can no longer be trusted, and every job survives its death.
  process.on('uncaughtException', (error) => void dieOf(error, service, running));

  try {
    const config = loadConfig({ PORT: String(service.defaultPort) });
    Logger.overrideLogger(
      new JsonLogger({ service: service.name, level: config.LOG_LEVEL, format: config.LOG_FORMAT }),
    );
    running = await untilAborted(create(service, config, stopping.signal), stopping.signal);
    await untilAborted(listen(service, config, running), stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return running ? undefined : exit(0);
    const isConfiguration =
      error instanceof ConfigError || error instanceof DatabaseConfigError || error instanceof SqliteInUseError;
    die(`${service.name} cannot start`, error, isConfiguration ? EXIT_CONFIG : 1);
  }
}

interface Running extends Departing {
  shutdown: Shutdown;
}

/** Everything but the first word to the outside. */
async function create(service: Service, config: Config, signal: AbortSignal): Promise<Running> {
  if (config.EGRESS_ALLOW.length > 0) {
    logger.warn('EGRESS_ALLOW opens addresses that are otherwise forbidden', { allow: config.EGRESS_ALLOW });
  }
  const dataSource = await openDatabase({ url: config.DATABASE_URL, poolSize: POOL_SIZE }, signal);
  const broker = createBroker(config.BROKER_URL);
  const servers = service.consumes.map(({ subscription, concurrency }) =>
    broker.createServer(subscription, { concurrency: concurrency(config) }),
  );
  const consumers = new Consumers(servers);
  const state = new ServiceState(service.name, VERSION);
  const shutdown = new Shutdown(config.SHUTDOWN_GRACE_MS);
  const values = [
    { provide: Config, useValue: config },
    { provide: DataSource, useValue: dataSource },
    { provide: Broker, useValue: broker },
    { provide: Consumers, useValue: consumers },
    { provide: ServiceState, useValue: state },
    { provide: Shutdown, useValue: shutdown },
  ];
  const app = await createApp(compose(service, values), servers);
  service.setUpHttp?.(app, config);
  const http = new HttpDrain(app.getHttpServer());
  const lingers = service.hasClients === true && config.isDistributed;
  return { app, http, state, consumers, broker, dataSource, shutdown, lingers };
}

async function listen(service: Service, config: Config, { app, state }: Running): Promise<void> {
  // Probes are answered while the broker is still away.
  await app.listen(config.PORT, config.HOST);
  const { port } = app.getHttpServer().address() as { port: number };
  const url = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`;
  if (config.PORT_FILE) writePort(config.PORT_FILE, port);
  await app.startAllMicroservices();
  state.isStarted = true;
  logger.log('listening', { url, version: VERSION });
  service.onListening?.(url);
}

/** What cannot be cancelled itself must not keep a stopping process: a connection attempt, Nest's wait for its transports. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}

/** The root module: the infrastructure, global, so that feature modules need not import it, and the service's own. */
function compose(service: Service, values: { provide: unknown; useValue: unknown }[]): DynamicModule {
  const tokens = values.map(({ provide }) => provide) as Type[];
  const infrastructure: DynamicModule = {
    module: InfrastructureModule,
    global: true,
    providers: values as DynamicModule['providers'],
    exports: tokens,
  };
  return { module: RootModule, imports: [infrastructure, HealthModule, ...service.modules] };
}

@Module({})
class InfrastructureModule {}

@Module({})
class RootModule {}

async function createApp(module: DynamicModule, servers: BrokerServer[]): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(module, { bodyParser: false, abortOnError: false });
  app.useGlobalFilters(new ErrorsFilter(new ProblemFilter()));
  // Without inheritAppConfig Nest would flatten what handlers throw, and a PermanentError would be retried.
  for (const strategy of servers) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  return app;
}

let isDying = false;

async function dieOf(error: unknown, service: Service, running: Running | null): Promise<void> {
  report('fatal error', error, isDying ? 'warn' : 'error');
  if (isDying) return;
  isDying = true;
  const stored = Promise.resolve().then(() => running && service.onFatal?.(running.app, error));
  if (!(await endsWithin(FATAL_MS, stored))) logger.warn('the reason could not be stored in time');
  process.exit(1);
}

function die(message: string, error: unknown, exitCode: number): never {
  report(message, error, 'error', exitCode !== EXIT_CONFIG);
  process.exit(exitCode);
}

function report(message: string, error: unknown, level: 'error' | 'warn', hasStack = true): void {
  logger[level](message, { error: describeError(error) }, ...(hasStack ? [error] : []));
  process.stderr.write(`${message}: ${error instanceof Error ? error.message : String(error)}\n`);
}

function exit(code: number): never {
  logger.log('stopped');
  process.exit(code);
}

/** Written whole or not at all: a reader that polls for the file never sees half a number. */
function writePort(file: string, port: number): void {
  writeFileSync(`${file}.tmp`, String(port));
  renameSync(`${file}.tmp`, file);
}
