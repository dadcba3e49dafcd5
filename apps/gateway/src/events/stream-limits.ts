import { Injectable } from '@nestjs/common';

/** Times and bounds of event streams; a provider so that tests need not wait. */
@Injectable()
export class StreamLimits {
  maxClients = 1000;
  pingMs = 15_000;
  /** The job's row is read this often in case messages are lost. */
  pollMs = 2000;
  /** How long a client shall wait before it connects again. */
  retryMs = 2000;
}
