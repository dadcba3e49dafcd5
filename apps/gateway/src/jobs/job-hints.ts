import { Injectable, Logger } from '@nestjs/common';
import { Broker } from '#common/broker/broker.js';
import type { MessageContract } from '#common/contracts/message.js';
import { describeError } from '#common/domain/errors.js';

/** Tells the other services that a job's row has changed. */
@Injectable()
export class JobHints {
  private readonly logger = new Logger(JobHints.name);

  constructor(private readonly broker: Broker) {}

  /** The row is the ticket: it is found by polling, too, so neither the client nor the answer waits for the broker. */
  send(contract: MessageContract<{ jobId: string }>, jobId: string): void {
    this.broker.publish(contract, { jobId }).catch((error: unknown) => {
      this.logger.debug('hint not sent', { message: contract.name, jobId, error: describeError(error) });
    });
  }
}
