import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';

const MAX_ATTEMPTS = 20;

/** Listeners where nobody may go: loopback in both families at the port of the web, and other ports and addresses. */
export interface Canaries {
  /** The port they share with the hosts of the web. */
  port: number;
  /** A port at `otherHost` at which only a canary listens. */
  otherPort: number;
  /** Connections so far, with the first line that each has sent. */
  hits(): string[];
  close(): Promise<void>;
}

/** `otherHost` is an address that is allowed at the port of the web, and only there. */
export async function startCanaries(otherHost: string): Promise<Canaries> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const hits: { where: string; said: string }[] = [];
  const answer = (socket: Socket): void => {
    const hit = { where: `${socket.localAddress}:${socket.localPort}`, said: '' };
    hits.push(hit);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (data) => {
      hit.said = data.toString('latin1').split('\r\n', 1)[0] ?? '';
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Write to canary@hostile.gleaner-test.org</p>');
    });
  };
  const listen = async (host: string, port: number): Promise<number> => {
    const server = net.createServer(answer);
    server.listen({ host, port, ipv6Only: host.includes(':') });
    await once(server, 'listening');
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  };
  const port = await listenEverywhere(listen, close);
  const otherPort = await listen(otherHost, 0);
  return { port, otherPort, close, hits: () => hits.map(({ where, said }) => `${where} ${said}`) };
}

/** One free port for all addresses: taken by chance, and again if another process has it on one of them. */
async function listenEverywhere(
  listen: (host: string, port: number) => Promise<number>,
  close: () => Promise<void>,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const port = await listen('127.0.0.1', 0);
      for (const host of ['127.0.0.99', '127.255.255.254', '::1']) {
        await listen(host, port).catch((error: NodeJS.ErrnoException) => {
          if (host !== '::1' || error.code === 'EADDRINUSE') throw error; // a machine may have no IPv6
        });
      }
      return port;
    } catch (error) {
      await close();
      if (attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
