import { Controller } from '@nestjs/common';
import { OnMessage } from '#common/broker/on-message.js';
import { HEARTBEATS } from '#common/broker/topology.js';
import { type WorkerHeartbeat, workerHeartbeat } from '#common/contracts/worker-heartbeat.contract.js';
import { OrchestratorLoop } from '../loop/orchestrator.loop.js';
import { WorkersStore } from './workers.store.js';

/** The worker registry: what `GET /v1/workers` shows, and how many slots the dispatcher may fill. */
@Controller()
export class WorkerHeartbeatConsumer {
  private readonly known = new Set<string>();

  constructor(
    private readonly store: WorkersStore,
    private readonly loop: OrchestratorLoop,
  ) {}

  @OnMessage(workerHeartbeat, HEARTBEATS)
  async onWorkerHeartbeat(heartbeat: WorkerHeartbeat): Promise<void> {
    await this.store.saveHeartbeat(heartbeat);
    const isGone = heartbeat.slots.every((slot) => slot.status === 'gone');
    if (isGone) this.known.delete(heartbeat.replica);
    else if (!this.known.has(heartbeat.replica)) {
      this.known.add(heartbeat.replica);
      this.loop.wake();
    }
  }
}
