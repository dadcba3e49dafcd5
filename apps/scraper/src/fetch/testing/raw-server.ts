import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server on 127.0.0.1 that answers each request on a connection with raw bytes: whatever no HTTP library would send. */
export class RawServer {
  /** Requests seen, over all connections. */
  requests = 0;
  /** `127.0.0.1:port`, as EGRESS_ALLOW writes it. */
  host = '';
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** Sends `bytes` and closes the connection; a function answers for itself. */
  static async start(answer: string | ((socket: Socket, request: number) => void)): Promise<RawServer> {
    const server = createServer((socket) => {
      raw.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => {
        raw.requests += 1;
        if (typeof answer === 'function') answer(socket, raw.requests);
        else socket.end(answer, 'latin1');
      });
    });
    const raw = new RawServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    raw.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return raw;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
