import { Controller } from '@nestjs/common';
import { OnMessage } from '#common/broker/on-message.js';
import { JOBS, ORCHESTRATOR_EVENTS, SETTLED } from '#common/broker/topology.js';
import { chunkSettled } from '#common/contracts/chunk-settled.contract.js';
import { jobChanged } from '#common/contracts/job-changed.contract.js';
import { jobSubmitted } from '#common/contracts/job-submitted.contract.js';
import { OrchestratorLoop } from './orchestrator.loop.js';

/** Messages say only "look again": the loop reads the rows. */
@Controller()
export class WakeConsumer {
  constructor(private readonly loop: OrchestratorLoop) {}

  @OnMessage(jobSubmitted, JOBS)
  onJobSubmitted(): void {
    this.loop.wakeForJob();
  }

  @OnMessage(chunkSettled, SETTLED)
  onChunkSettled(): void {
    this.loop.wakeForChunk();
  }

  @OnMessage(jobChanged, ORCHESTRATOR_EVENTS)
  onJobChanged(): void {
    this.loop.wake();
  }
}
