import { randomBytes } from 'node:crypto';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { Broker } from '#common/broker/broker.js';
import { Consumers } from '#common/broker/consumers.js';
import { ErrorsFilter } from '#common/broker/errors.filter.js';
import { MemoryBroker } from '#common/broker/memory-broker.js';
import { Config } from '#common/config/config.schema.js';
import { loadConfig } from '#common/config/load-config.js';
import { ProblemFilter } from '#common/http/problem.filter.js';
import { HealthModule } from '#common/observability/health.module.js';
import { ServiceState } from '#common/observability/service-state.js';
import { gateway } from '../../apps/gateway/src/gateway.module.js';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

/** The real gateway on a free port, composed as bootstrap.ts does it, and a client with its key. */
export class GatewayApp {
  private constructor(
    readonly app: NestExpressApplication,
    readonly broker: MemoryBroker,
    readonly url: string,
    readonly key: string,
  ) {}

  static async start(dataSource: DataSource, env: Record<string, string> = {}): Promise<GatewayApp> {
    const key = env.GLEANER_API_KEY ?? `test-${randomBytes(12).toString('hex')}`;
    const config = loadConfig({}, { RATE_LIMIT_PER_MINUTE: '0', GLEANER_API_KEY: key, ...env });
    const broker = new MemoryBroker();
    const servers = gateway.consumes.map(({ subscription, concurrency }) =>
      broker.createServer(subscription, { concurrency: concurrency(config) }),
    );
    const values = [
      { provide: Config, useValue: config },
      { provide: DataSource, useValue: dataSource },
      { provide: Broker, useValue: broker },
      { provide: Consumers, useValue: new Consumers(servers) },
      { provide: ServiceState, useValue: new ServiceState('gateway', 'test') },
    ];

    @Module({})
    class Infrastructure {}

    @Module({
      imports: [
        {
          module: Infrastructure,
          global: true,
          providers: values,
          exports: values.map(({ provide }) => provide as Type),
        },
        HealthModule,
        ...gateway.modules,
      ],
    })
    class TestModule {}

    const app = await NestFactory.create<NestExpressApplication>(TestModule, {
      bodyParser: false,
      forceCloseConnections: true,
      logger: false,
      abortOnError: false,
    });
    app.useGlobalFilters(new ErrorsFilter(new ProblemFilter()));
    for (const strategy of servers) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    gateway.setUpHttp?.(app, config);
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    return new GatewayApp(app, broker, `http://127.0.0.1:${port}`, key);
  }

  get<Body = Record<string, unknown>>(path: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.send('GET', path, { headers });
  }

  /** Text and bytes are sent as they are, anything else as JSON. */
  post<Body = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    return this.send('POST', path, { body, headers });
  }

  async send<Body>(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer<Body>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: toBytes(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : null) as Body,
    };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

function toBytes(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (Buffer.isBuffer(body)) return new Uint8Array(body);
  return typeof body === 'string' ? body : JSON.stringify(body);
}
