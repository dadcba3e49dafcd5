import type { Server, ServerResponse } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { endsWithin } from '../domain/deadline.js';

/** How long a connection that was made in the last moment may take to send its request. */
const LATECOMER_MS = 200;
const SWEEP_MS = 50;

/** Lets an HTTP server stop without failing a request: what has begun ends, and no client is led to send another one here. */
export class HttpDrain {
  private readonly answering = new Set<ServerResponse>();
  private isDraining = false;

  constructor(private readonly server: Server) {
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.answering.add(response);
      response.once('close', () => this.answering.delete(response));
      if (this.isDraining) response.shouldKeepAlive = false;
    });
  }

  /** From now on every answer is the last one on its connection; requests are still served. */
  begin(): void {
    this.isDraining = true;
    for (const response of this.answering) response.shouldKeepAlive = false;
  }

  /** Listens no more, waits for the requests in work, and breaks off what is left of them after `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    if (!this.server.listening) return;
    // Not the HTTP server's own method: it would break connections whose request is on its way.
    const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(this.server, () => resolve()));
    const deadline = performance.now() + timeoutMs;
    await endsWithin(Math.min(LATECOMER_MS, timeoutMs), closed);
    const sweep = setInterval(() => this.server.closeIdleConnections(), SWEEP_MS);
    const isClosed = await endsWithin(deadline - performance.now(), closed);
    clearInterval(sweep);
    if (isClosed) return;
    this.server.closeAllConnections();
    await endsWithin(SWEEP_MS, closed);
  }
}
