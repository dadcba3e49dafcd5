import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy before the broker, to cut its connections from outside as a broker restart or a network fault does. */
export class BrokerProxy {
  private server?: Server;
  private readonly sockets = new Set<Socket>();
  // Below the ephemeral ports: there a client that retries can connect to itself and keep the port.
  readonly port = 20_000 + Math.floor(Math.random() * 10_000);

  constructor(private readonly target: { host: string; port: number }) {}

  async open(): Promise<void> {
    this.server = createServer((client) => {
      const broker = connect(this.target);
      for (const socket of [client, broker]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.sockets.delete(socket));
      }
      client.pipe(broker).pipe(client);
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Breaks every connection and refuses new ones until `open`. */
  async cut(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}
