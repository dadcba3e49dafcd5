import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { findPackageRoot } from '../package-root.js';
import type { DemoSite } from './demo-site.js';
import { closeServer, HOST, listen } from './loopback.js';

const TYPES: Record<string, string> = {
  // Without a charset: each page names its own, and not every one is UTF-8.
  '.html': 'text/html',
  '.txt': 'text/plain; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** The demo sites on loopback, each on a port of its own: the ports are what tells them apart on every system. */
export class DemoWeb {
  /** host:port → site, in the order of the list. */
  readonly sites = new Map<string, DemoSite>();
  private readonly closers: (() => Promise<void>)[] = [];

  static async start(sites: DemoSite[]): Promise<DemoWeb> {
    const web = new DemoWeb();
    try {
      for (const site of sites) await web.add(site);
      return web;
    } catch (error) {
      await web.close();
      throw error;
    }
  }

  get hosts(): string[] {
    return [...this.sites.keys()];
  }

  async close(): Promise<void> {
    await Promise.all(this.closers.splice(0).map((close) => close()));
  }

  private async add(site: DemoSite): Promise<void> {
    const { port, close } = site.folder === undefined ? await holdDeadPort() : await serve(site);
    this.closers.push(close);
    this.sites.set(`${HOST}:${port}`, site);
  }
}

interface Endpoint {
  port: number;
  close: () => Promise<void>;
}

async function serve(site: DemoSite): Promise<Endpoint> {
  const server = createServer((request, response) => void answer(site, request, response));
  const port = await listen(server);
  return { port, close: () => closeServer(server) };
}

async function answer(site: DemoSite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', `http://${HOST}`);
  const target = site.redirects?.[pathname];
  if (target !== undefined) {
    response.writeHead(302, { Location: target }).end();
    return;
  }
  try {
    const file = fileOf(site, pathname);
    const body = await readFile(file);
    const isPage = extname(file) === '.html';
    response.writeHead((isPage && site.status) || 200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    });
    response.end(body);
  } catch {
    response.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8' }).end('<title>404</title><p>Not found.</p>');
  }
}

/** A path with dots in it stays inside of the site's folder: it is normalised as an absolute one first. */
function fileOf(site: DemoSite, pathname: string): string {
  const path = normalize(`${sep}${decodeURIComponent(pathname)}`);
  const root = join(findPackageRoot(), 'apps/cli/demo-web', site.folder ?? '');
  if (path.endsWith(sep)) return join(root, path, 'index.html');
  return join(root, extname(path) === '' ? `${path}.html` : path);
}

/**
 * A port on which nothing listens and nothing else will: it is the near end of a connection that is kept open. (One that
 * was merely free a moment ago may be the next program's by the time it is visited.)
 */
async function holdDeadPort(): Promise<Endpoint> {
  const far = new Set<Socket>();
  const server = createTcpServer((socket) => far.add(socket.on('error', () => {})));
  const port = await listen(server);
  const near = connect(port, HOST).on('error', () => {});
  await new Promise<void>((resolve, reject) => near.once('connect', resolve).once('error', reject));
  const close = (): Promise<void> => {
    near.destroy();
    for (const socket of far) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { port: near.localPort ?? 0, close };
}
