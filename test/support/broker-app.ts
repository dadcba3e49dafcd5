import { Controller, type INestApplication, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Broker, BrokerServer, ServerOptions } from '#common/broker/broker.js';
import type { DeliveryContext } from '#common/broker/delivery.js';
import { ErrorsFilter } from '#common/broker/errors.filter.js';
import { OnMessage } from '#common/broker/on-message.js';
import { CHUNKS, HEARTBEATS, JOBS, SCRAPER_EVENTS, type Subscription } from '#common/broker/topology.js';
import { type ChunkReady, chunkReady } from '#common/contracts/chunk-ready.contract.js';
import { jobChanged } from '#common/contracts/job-changed.contract.js';
import { jobSubmitted } from '#common/contracts/job-submitted.contract.js';
import { type WorkerHeartbeat, workerHeartbeat } from '#common/contracts/worker-heartbeat.contract.js';

/** Takes every message; of another kind than a chunk only what it has is there. */
export type Handle = (payload: ChunkReady, context: DeliveryContext) => unknown;
const HANDLE = Symbol('handle');

/** Handlers bound as in the apps: whatever arrives goes to the test's function. */
@Controller()
class TestConsumer {
  constructor(@Inject(HANDLE) private readonly handle: (payload: unknown, context: DeliveryContext) => unknown) {}

  @OnMessage(chunkReady, CHUNKS)
  onChunkReady(payload: ChunkReady, context: DeliveryContext): unknown {
    return this.handle(payload, context);
  }

  @OnMessage(jobSubmitted, JOBS)
  onJobSubmitted(payload: { jobId: string }, context: DeliveryContext): unknown {
    return this.handle(payload, context);
  }

  @OnMessage(workerHeartbeat, HEARTBEATS)
  onWorkerHeartbeat(payload: WorkerHeartbeat, context: DeliveryContext): unknown {
    return this.handle(payload, context);
  }

  /** As plain Nest binds it. */
  @EventPattern<string>(jobChanged.name, SCRAPER_EVENTS.transportId)
  onJobChanged(@Payload() payload: { jobId: string }, @Ctx() context: DeliveryContext): unknown {
    return this.handle(payload, context);
  }
}

/** A real Nest application that consumes one subscription, wired as bootstrap.ts does it. */
export async function startConsumer(
  broker: Broker,
  subscription: Subscription,
  handle: Handle,
  options?: ServerOptions,
): Promise<{ app: INestApplication; server: BrokerServer }> {
  @Module({ controllers: [TestConsumer], providers: [{ provide: HANDLE, useValue: handle }] })
  class TestModule {}

  const server = broker.createServer(subscription, options);
  const app = await NestFactory.create(TestModule, { abortOnError: false });
  app.useGlobalFilters(new ErrorsFilter({ catch: () => undefined }));
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  return { app, server };
}
