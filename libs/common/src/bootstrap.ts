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
import { describeError } from './domain/errors.js';
import { ProblemFilter } from './http/problem.filter.js';
import { HealthModule } from './observability/health.module.js';
import { JsonLogger } from './observability/json-logger.js';
import { ServiceState } from './observability/service-state.js';
import { DatabaseConfigError, openDatabase } from './persistence/open-database.js';
import { SqliteInUseError } from './persistence/sqlite-lock.js';
import { VERSION } from './version.js';

/** What one process is made of. `standalone` names the modules and subscriptions of all three services. */
export interface Service {
  name: string;
  defaultPort: number;
  modules: Type[];
  /** What it consumes, and with how many handlers at once. */
  consumes: { subscription: Subscription; concurrency: (config: Config) => number }[];
  /** HTTP set-up before listening (gateway). */
  setUpHttp?(app: NestExpressApplication, config: Config): void;
  onListening?(url: string): void;
}

/** Database connections of one process: more did not raise the flush rate here, and servers allow 151 by default. */
const POOL_SIZE = 10;

const logger = new Logger('Bootstrap');

/** Starts a service and keeps it running until SIGTERM or SIGINT; sets the exit code: 0, 1, or 78 for configuration. */
export async function startService(service: Service): Promise<void> {
  const starting = new AbortController();
  let running: Running | null = null;
  const stop = (signal: string): void => {
    logger.log('shutting down', { signal });
    if (running) void shutDown(running);
    else starting.abort(new Error('stopped while starting'));
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // A bug: the state of this process can no longer be trusted, and every job survives its death.
  process.on('uncaughtException', (error) => die('fatal error', error, 1));

  try {
    const config = loadConfig({ PORT: String(service.defaultPort) });
    Logger.overrideLogger(
      new JsonLogger({ service: service.name, level: config.LOG_LEVEL, format: config.LOG_FORMAT }),
    );
    running = await start(service, config, starting.signal);
    // A signal that came while starting found nothing to shut down yet.
    if (starting.signal.aborted) void shutDown(running);
  } catch (error) {
    if (starting.signal.aborted) process.exit(0);
    const isConfiguration =
      error instanceof ConfigError || error instanceof DatabaseConfigError || error instanceof SqliteInUseError;
    die(`${service.name} cannot start`, error, isConfiguration ? EXIT_CONFIG : 1);
  }
}

interface Running {
  app: INestApplication;
  config: Config;
  state: ServiceState;
  consumers: Consumers;
  broker: Broker;
  dataSource: DataSource;
}

async function start(service: Service, config: Config, signal: AbortSignal): Promise<Running> {
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
  const values = [
    { provide: Config, useValue: config },
    { provide: DataSource, useValue: dataSource },
    { provide: Broker, useValue: broker },
    { provide: Consumers, useValue: consumers },
    { provide: ServiceState, useValue: state },
  ];
  const app = await createApp(compose(service, values), servers);
  service.setUpHttp?.(app, config);
  // Probes are answered while the broker is still away.
  await app.listen(config.PORT, config.HOST);
  const { port } = app.getHttpServer().address() as { port: number };
  const url = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`;
  if (config.PORT_FILE) writePort(config.PORT_FILE, port);
  await untilAborted(app.startAllMicroservices(), signal);
  state.isStarted = true;
  logger.log('listening', { url, version: VERSION });
  service.onListening?.(url);
  return { app, config, state, consumers, broker, dataSource };
}

/** What cannot be cancelled itself (Nest waits for its transports without end) must not keep a stopping process. */
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
  const app = await NestFactory.create<NestExpressApplication>(module, {
    bodyParser: false,
    forceCloseConnections: true,
  });
  app.useGlobalFilters(new ErrorsFilter(new ProblemFilter()));
  // Without inheritAppConfig Nest would flatten what handlers throw, and a PermanentError would be retried.
  for (const strategy of servers) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  return app;
}

/**
 * One order for every service: not ready; take no more; finish or hand back what runs (the modules' onModuleDestroy
 * and the servers' drain); broker; database.
 */
async function shutDown({ app, config, state, consumers, broker, dataSource }: Running): Promise<void> {
  const late = setTimeout(
    () => die('shutdown took too long', new Error(`more than ${config.SHUTDOWN_GRACE_MS} ms`), 1),
    config.SHUTDOWN_GRACE_MS,
  );
  try {
    state.isDraining = true;
    await consumers.drain(0);
    await app.close();
    await broker.close();
    await dataSource.destroy();
    clearTimeout(late);
    logger.log('stopped');
    process.exit(0);
  } catch (error) {
    die('shutdown failed', error, 1);
  }
}

function die(message: string, error: unknown, exitCode: number): never {
  logger.error(message, { error: describeError(error) }, ...(exitCode === EXIT_CONFIG ? [] : [error]));
  process.stderr.write(`${message}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCode);
}

/** Written whole or not at all: a reader that polls for the file never sees half a number. */
function writePort(file: string, port: number): void {
  writeFileSync(`${file}.tmp`, String(port));
  renameSync(`${file}.tmp`, file);
}
