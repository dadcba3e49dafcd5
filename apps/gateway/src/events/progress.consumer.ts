import { Controller } from '@nestjs/common';
import { OnMessage } from '#common/broker/on-message.js';
import { GATEWAY_EVENTS } from '#common/broker/topology.js';
import { type JobProgressed, jobProgressed } from '#common/contracts/job-progressed.contract.js';
import { JobFeeds } from './job-feeds.js';

@Controller()
export class ProgressConsumer {
  constructor(private readonly feeds: JobFeeds) {}

  @OnMessage(jobProgressed, GATEWAY_EVENTS)
  onJobProgressed(message: JobProgressed): void {
    this.feeds.onProgressed(message);
  }
}
