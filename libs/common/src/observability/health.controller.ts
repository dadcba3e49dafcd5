import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { Broker } from '../broker/broker.js';
import { Consumers } from '../broker/consumers.js';
import { describeError } from '../domain/errors.js';
import { ServiceState } from './service-state.js';

/** A probe every second from several sides must not become a load on the database. */
const PING_CACHE_MS = 1000;
const PING_TIMEOUT_MS = 2000;

/**
 * Probes. Live: the event loop answers; never the broker's or database's fault, a restart would not cure those. Ready:
 * own broker connection and consumers, a cached ping of the database, and not on the way out.
 */
@Controller('health')
export class HealthController {
  private ping: { at: number; result: Promise<string | null> } | null = null;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly state: ServiceState,
    private readonly dataSource: DataSource,
    private readonly broker: Broker,
    private readonly consumers: Consumers,
  ) {}

  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('process').up()]);
  }

  @Get('startup')
  @HealthCheck()
  startup(): Promise<HealthCheckResult> {
    return this.health.check([() => this.report('started', this.state.isStarted ? null : 'still starting')]);
  }

  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.report('service', this.state.isDraining ? 'shutting down' : null),
      () => this.report('broker', this.broker.isConnected() ? null : 'not connected'),
      () => this.report('consumers', this.consumers.areReady() ? null : 'not consuming'),
      async () => this.report('database', await this.pingDatabase()),
    ]);
  }

  private report(name: string, problem: string | null) {
    const indicator = this.indicators.check(name);
    return problem === null ? indicator.up() : indicator.down(problem);
  }

  private pingDatabase(): Promise<string | null> {
    if (!this.ping || Date.now() - this.ping.at > PING_CACHE_MS) {
      this.ping = { at: Date.now(), result: pingWithin(this.dataSource, PING_TIMEOUT_MS) };
    }
    return this.ping.result;
  }
}

async function pingWithin(dataSource: DataSource, timeoutMs: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('no answer'), timeoutMs)));
  const answer = dataSource.query('SELECT 1').then(() => null, describeError);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
