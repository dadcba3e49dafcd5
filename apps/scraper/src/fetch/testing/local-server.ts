import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request a test server has seen. */
export interface SeenRequest {
  path: string;
  at: number;
  headers: IncomingMessage['headers'];
}

/** A real HTTP server on 127.0.0.1 for one spec: answers by path, remembers who asked. */
export class LocalServer {
  readonly requests: SeenRequest[] = [];
  /** `127.0.0.1:port`, as EGRESS_ALLOW writes it. */
  host = '';
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: http.Server) {}

  static async start(listener: RequestListener): Promise<LocalServer> {
    const server = http.createServer((request, response) => {
      local.requests.push({ path: request.url ?? '', at: performance.now(), headers: request.headers });
      listener(request, response);
    });
    const local = new LocalServer(server);
    server.on('connection', (socket) => local.sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    local.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return local;
  }

  /** Serves fixed bodies by path: text is HTML, functions answer for themselves, anything else is 404. */
  static async serve(pages: Record<string, string | RequestListener>): Promise<LocalServer> {
    return LocalServer.start((request, response) => {
      const page = pages[request.url ?? ''];
      if (typeof page === 'function') page(request, response);
      else if (page === undefined) sendHtml(response, 'not here', 404);
      else sendHtml(response, page);
    });
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  /** The paths asked for, robots.txt left out. */
  get pagesAsked(): string[] {
    return this.requests.map(({ path }) => path).filter((path) => path !== '/robots.txt');
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function sendHtml(response: ServerResponse, html: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(html);
}

export function redirectTo(location: string, status = 302): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { location });
    response.end();
  };
}
