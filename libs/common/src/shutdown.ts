import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, type INestApplication, Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Broker } from './broker/broker.js';
import type { Consumers } from './broker/consumers.js';
import { endsWithin } from './domain/deadline.js';
import { describeError } from './domain/errors.js';
import type { HttpDrain } from './http/http-drain.js';
import type { ServiceState } from './observability/service-state.js';
import { isInfrastructure } from './persistence/dialect.js';

/** By when of the grace each step must be over. */
const LINGERED = 0.2;
const WORK_DONE = 0.8;
const HTTP_CLOSED = 0.85;
const APP_CLOSED = 0.9;
const BROKER_CLOSED = 0.95;
/** Load balancers learn a moment late that a service goes away. */
const MAX_LINGER_MS = 2000;

/** A service, as far as its end is concerned. */
export interface Departing {
  app: INestApplication;
  http: HttpDrain;
  state: ServiceState;
  consumers: Consumers;
  broker: Broker;
  dataSource: DataSource;
  /** It has clients elsewhere, which it goes on serving until they have heard. */
  lingers: boolean;
}

/**
 * One order for every service: not ready; no more messages; clients hear of it; modules stop (onModuleDestroy); what
 * runs is finished or handed back; HTTP, whose probes tell of all this; broker; database. Each step has its part of the
 * grace. What cannot be settled in it, with broker or database away, settles itself: leases run out, and messages go
 * back with their connection.
 */
export class Shutdown implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Shutdown');
  private startedAt = 0;
  private departing: Departing | null = null;
  private exitCode = 0;

  constructor(private readonly graceMs: number) {}

  /** Returns the exit code, within the grace. */
  async run(departing: Departing): Promise<number> {
    const { app, http, state, consumers, broker, dataSource, lingers } = departing;
    this.departing = departing;
    this.startedAt = performance.now();
    state.isDraining = true;
    http.begin();
    await consumers.drain(0);
    if (lingers) await sleep(Math.min(MAX_LINGER_MS, this.leftUntil(LINGERED)));
    await this.step('modules', app.close(), APP_CLOSED);
    await this.step('broker', broker.close(), BROKER_CLOSED);
    await this.step('database', dataSource.destroy(), 1);
    return this.exitCode;
  }

  /** Called by Nest between onModuleDestroy and the closing of its servers. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.departing?.consumers.drain(this.leftUntil(WORK_DONE));
    await this.departing?.http.close(this.leftUntil(HTTP_CLOSED));
  }

  private leftUntil(share: number): number {
    return Math.max(0, this.startedAt + share * this.graceMs - performance.now());
  }

  private async step(name: string, work: Promise<unknown>, share: number): Promise<void> {
    const reported = work.catch((error: unknown) => {
      if (isInfrastructure(error)) return this.logger.warn('not closed', { step: name, error: describeError(error) });
      this.exitCode = 1;
      this.logger.error('shutdown failed', { step: name }, error);
    });
    if (await endsWithin(this.leftUntil(share), reported)) return;
    this.logger.warn('not closed in time: leases and messages go back by themselves', { step: name });
  }
}
