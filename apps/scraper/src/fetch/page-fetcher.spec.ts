import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { EgressGuard } from '#common/egress/egress-guard.js';
import { FetchError } from './fetch-error.js';
import { MAX_BODY_BYTES, PageFetcher, type FetchedPage, type FetchRequest } from './page-fetcher.js';
import { LocalServer, redirectTo, sendHtml } from './testing/local-server.js';

const closers: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(pages: Record<string, string | RequestListener>): Promise<LocalServer> {
  const server = await LocalServer.serve(pages);
  closers.push(() => server.close());
  return server;
}

function makeFetcher(server: { host: string }, options: { fetchTimeoutMs?: number } = {}): PageFetcher {
  const guard = new EgressGuard({ allow: [server.host] });
  const fetcher = new PageFetcher(guard, {
    userAgent: 'Gleaner/test (+spec)',
    maxConcurrentFetches: 4,
    retryDelayMs: 1,
    ...options,
  });
  closers.push(() => fetcher.close());
  return fetcher;
}

async function fetchFrom(server: LocalServer, path: string, request: Partial<FetchRequest> = {}): Promise<FetchedPage> {
  return makeFetcher(server).fetchPage(server.url(path), { signal: new AbortController().signal, ...request });
}

async function failure(work: Promise<unknown>): Promise<FetchError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FetchError);
  return error as FetchError;
}

function send(body: Buffer | string, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', ...headers });
    response.end(body);
  };
}

describe('PageFetcher', () => {
  it('returns the page with its final URL, type and wire size', async () => {
    const server = await serve({ '/': redirectTo('/home'), '/home': '<p>hello' });
    const page = await fetchFrom(server, '/');
    expect(page).toMatchObject({
      url: server.url('/home'),
      status: 200,
      contentType: 'text/html',
      kind: 'html',
      text: '<p>hello',
      bytes: 8,
      cut: null,
    });
  });

  it('says who it is', async () => {
    const server = await serve({ '/': 'x' });
    await fetchFrom(server, '/');
    expect(server.requests[0]?.headers['user-agent']).toBe('Gleaner/test (+spec)');
  });

  it('gives up on a redirect circle and on a sixth redirect', async () => {
    const hops = Object.fromEntries([1, 2, 3, 4, 5, 6].map((hop) => [`/${hop}`, redirectTo(`/${hop + 1}`)]));
    const server = await serve({ '/a': redirectTo('/b'), '/b': redirectTo('/a'), ...hops, '/7': 'end' });
    expect((await failure(fetchFrom(server, '/a'))).code).toBe('too_many_redirects');
    expect((await failure(fetchFrom(server, '/1'))).code).toBe('too_many_redirects');
    expect((await fetchFrom(server, '/2')).text).toBe('end');
  });

  it('never connects to a private address that an allowed page redirects to', async () => {
    const canary = await serve({ '/': 'secret' });
    const server = await serve({
      '/literal': redirectTo(canary.url('/')),
      '/name': redirectTo(canary.url('/').replace('127.0.0.1', 'localhost')),
      '/file': redirectTo('file:///etc/passwd'),
    });
    expect((await failure(fetchFrom(server, '/literal'))).code).toBe('blocked_egress');
    expect((await failure(fetchFrom(server, '/name'))).code).toBe('blocked_egress');
    expect((await failure(fetchFrom(server, '/file'))).code).toBe('blocked_egress');
    expect(canary.requests).toEqual([]);
  });

  it('ends a slow drip at the deadline', async () => {
    const server = await serve({
      '/': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        const drip = setInterval(() => response.write('.'), 5);
        response.on('close', () => clearInterval(drip));
      },
    });
    const fetcher = makeFetcher(server, { fetchTimeoutMs: 100 });
    expect((await failure(fetcher.fetchPage(server.url('/'), { signal: new AbortController().signal }))).code).toBe(
      'timeout',
    );
  });

  it('leaves at once, with the reason given, when the caller aborts', async () => {
    const controller = new AbortController();
    const server = await serve({ '/': () => controller.abort(new Error('enough')) });
    await expect(fetchFrom(server, '/', { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('stops a compressed bomb at the limit and keeps what was read', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(200 * 1024 * 1024, 'a')));
    const server = await serve({ '/': send(bomb, { 'content-encoding': 'gzip, gzip' }) });
    const page = await fetchFrom(server, '/');
    expect(page.cut).toBe('too_large');
    expect(page.text).toHaveLength(MAX_BODY_BYTES);
    expect(page.bytes).toBeLessThanOrEqual(bomb.length);
  });

  it('cuts a long body on the wire', async () => {
    const server = await serve({ '/': send(Buffer.alloc(MAX_BODY_BYTES + 1, 'a')) });
    const page = await fetchFrom(server, '/');
    expect([page.cut, page.bytes, page.text.length]).toEqual(['too_large', MAX_BODY_BYTES, MAX_BODY_BYTES]);
  });

  it('keeps a body of exactly the limit whole', async () => {
    const server = await serve({ '/': send(Buffer.alloc(MAX_BODY_BYTES, 'a')) });
    expect((await fetchFrom(server, '/')).cut).toBeNull();
  });

  it('keeps the part of a body whose connection broke', async () => {
    const server = await serve({
      '/': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000' });
        response.write('<p>first part', () => response.destroy());
      },
    });
    expect(await fetchFrom(server, '/')).toMatchObject({ cut: 'connection', text: '<p>first part' });
  });

  it.each([
    ['gzip', gzipSync('<p>ü')],
    ['deflate', deflateRawSync('<p>ü')],
    ['br', brotliCompressSync('<p>ü')],
    ['gzip, br', brotliCompressSync(gzipSync('<p>ü'))],
  ])('decodes %s', async (coding, body) => {
    const server = await serve({ '/': send(body, { 'content-encoding': coding }) });
    expect((await fetchFrom(server, '/')).text).toBe('<p>ü');
  });

  it('refuses garbage, unknown codings and more than two of them', async () => {
    const server = await serve({
      '/garbage': send('no gzip at all', { 'content-encoding': 'gzip' }),
      '/garbage-br': send('no brotli at all', { 'content-encoding': 'br' }),
      '/garbage-long': send(Buffer.alloc(100_000, 'no deflate'), { 'content-encoding': 'deflate' }),
      '/unknown': send('x', { 'content-encoding': 'zstd' }),
      '/three': send('x', { 'content-encoding': 'gzip, gzip, gzip' }),
    });
    for (const path of ['/garbage', '/garbage-br', '/garbage-long', '/unknown', '/three'])
      expect((await failure(fetchFrom(server, path))).code).toBe('bad_encoding');
  });

  it.each([
    ['http_4xx', (_: IncomingMessage, response: ServerResponse) => sendHtml(response, 'gone', 410)],
    ['http_5xx', (_: IncomingMessage, response: ServerResponse) => sendHtml(response, 'oops', 503)],
    ['bad_content_type', send('x', { 'content-type': 'image/png' })],
    ['bad_content_type', send('%PDF-1.7', { 'content-type': 'text/html' })],
    ['bad_content_type', send('\x00\x01\x02', { 'content-type': 'application/octet-stream' })],
    ['too_large', send('x', { 'x-long': 'y'.repeat(20_000) })],
    ['parse', (_: IncomingMessage, response: ServerResponse) => response.writeHead(302).end()],
  ])('reports %s', async (code, listener) => {
    const server = await serve({ '/': listener });
    expect((await failure(fetchFrom(server, '/'))).code).toBe(code);
  });

  it('reports names without address as dns, closed ports as connection and plain servers as tls', async () => {
    const server = await serve({});
    const fetcher = makeFetcher(server);
    const signal = new AbortController().signal;
    expect((await failure(fetcher.fetchPage('http://no-such-host.invalid/', { signal }))).code).toBe('dns');
    expect((await failure(fetcher.fetchPage(server.url('/').replace('http:', 'https:'), { signal }))).code).toBe('tls');
    await server.close();
    expect((await failure(fetcher.fetchPage(server.url('/'), { signal }))).code).toBe('connection');
  });

  it('never hands out an AxiosError', async () => {
    const server = await serve({});
    await server.close();
    const error = await failure(fetchFrom(server, '/'));
    expect(JSON.stringify(error).length).toBeLessThan(500);
    expect(String((error.cause as Error).constructor.name)).not.toBe('AxiosError');
  });

  it('repeats a request once when a reused connection turns out closed', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      let requests = 0;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        requests += 1;
        if (isFirst && requests === 2) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => void server.close());
    const host = `127.0.0.1:${(server.address() as { port: number }).port}`;
    const fetcher = makeFetcher({ host });
    const signal = new AbortController().signal;
    const texts = [
      await fetcher.fetchPage(`http://${host}/`, { signal }),
      await fetcher.fetchPage(`http://${host}/`, { signal }),
    ].map(({ text }) => text);
    expect([texts, connections]).toEqual([['ok', 'ok'], 2]);
  });

  it('keeps no more fetches in flight than the pool allows', async () => {
    let now = 0;
    let most = 0;
    const server = await serve(
      Object.fromEntries(
        Array.from({ length: 12 }, (_, page) => [
          `/${page}`,
          (_request: IncomingMessage, response: ServerResponse) => {
            now += 1;
            most = Math.max(most, now);
            setTimeout(() => {
              now -= 1;
              sendHtml(response, 'x');
            }, 5);
          },
        ]),
      ),
    );
    const fetcher = makeFetcher(server);
    const signal = new AbortController().signal;
    await Promise.all(Array.from({ length: 12 }, (_, page) => fetcher.fetchPage(server.url(`/${page}`), { signal })));
    expect(most).toBe(4);
  });
});
