import { gzipSync } from 'node:zlib';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, fetchFrom, makeFetcher } from './testing/fetching.js';
import { LocalServer } from './testing/local-server.js';
import { RawServer } from './testing/raw-server.js';

const closers: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function answer(bytes: string | ((socket: Socket, request: number) => void)): Promise<RawServer> {
  const server = await RawServer.start(bytes);
  closers.push(() => server.close());
  return server;
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n';
const page = (headers: string, body: string): string => `${OK}${headers}\r\n${body}`;

describe('PageFetcher, on answers that are no HTTP', () => {
  it.each([
    ['no answer at all', '', /hang up/],
    ['HTTP/0.9', '<html>hello</html>', /Parse Error/],
    ['the banner of another service', 'SSH-2.0-OpenSSH_9.6\r\n', /Parse Error/],
    ['a mail server', '220 mail.example ESMTP\r\n', /Parse Error/],
    ['a garbled status line', 'HTTP/1.1 abc OK\r\n\r\n', /Parse Error/],
    ['a version nobody speaks', 'HTTP/9.9 200 OK\r\n\r\n', /Parse Error/],
    ['a header without a name', page(': x\r\n', 'x'), /Parse Error/],
    ['a length that is no number', page('content-length: -5\r\n', 'x'), /Parse Error/],
    ['two lengths', page('content-length: 1\r\ncontent-length: 2\r\n', 'x'), /Parse Error/],
    [
      'a length beside chunks',
      page('content-length: 5\r\ntransfer-encoding: chunked\r\n', '1\r\nx\r\n0\r\n\r\n'),
      /Parse Error/,
    ],
    ['a broken first chunk', page('transfer-encoding: chunked\r\n', 'zz\r\nx\r\n0\r\n\r\n'), /Parse Error/],
    ['a chunk larger than any number', page('transfer-encoding: chunked\r\n', 'fffffffffffffffff\r\nx'), /Parse Error/],
    ['a NUL in a header', page('x-nul: a\0b\r\n', 'x'), /Parse Error/],
    [
      'a switch of protocols nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      /HTTP 101/,
    ],
    ['a 101 without a protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /HTTP 101/],
  ])('reports %s as connection', async (_name, bytes, message) => {
    const server = await answer(bytes);
    const failure = await failureOf(fetchFrom(server, '/'));
    expect([failure.code, failure.message]).toEqual(['connection', expect.stringMatching(message)]);
  });

  it('ends a flood of interim answers', async () => {
    const server = await answer(
      (socket) => void socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(1000)),
    );
    const failure = await failureOf(fetchFrom(server, '/'));
    expect([failure.code, failure.message]).toEqual(['connection', expect.stringContaining('interim')]);
  });

  it('reads the page behind a few interim answers', async () => {
    const server = await answer(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${page('', 'x')}`);
    expect((await fetchFrom(server, '/')).text).toBe('x');
  });

  it.each([
    ['one huge header', page(`x-huge: ${'a'.repeat(20_000)}\r\n`, 'x')],
    ['a flood of cookies', page('set-cookie: a=b\r\n'.repeat(2000), 'x')],
    ['a flood of trailers', page('transfer-encoding: chunked\r\n', `0\r\n${'x-a: b\r\n'.repeat(5000)}\r\n`)],
  ])('reports %s as too_large', async (_name, bytes) => {
    expect((await failureOf(fetchFrom(await answer(bytes), '/'))).code).toBe('too_large');
  });
});

describe('PageFetcher, on odd lengths', () => {
  it.each([
    ['HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n<p>all', '<p>all', null],
    ['a length that promises more', page('content-length: 100\r\n', '<p>part'), '<p>part', 'connection'],
    ['a length that promises less', page('content-length: 3\r\n', '<p>and more'), '<p>', null],
    ['chunks that end early', page('transfer-encoding: chunked\r\n', '4\r\n<p>a\r\n'), '<p>a', 'connection'],
    ['a broken second chunk', page('transfer-encoding: chunked\r\n', '4\r\n<p>a\r\nzz\r\n'), '<p>a', 'connection'],
    [
      'a gzip body that ends early',
      page('content-encoding: gzip\r\n', gzipSync('<p>all').subarray(0, -8).toString('latin1')),
      '<p>all',
      null,
    ],
    ['a body of nothing', page('content-length: 0\r\n', ''), '', null],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', '', null],
    ['205', 'HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\n\r\n', '', null],
    ['an encoded nothing', page('content-encoding: gzip\r\ncontent-length: 0\r\n', ''), '', null],
  ])('reads what there is of %s', async (_name, bytes, text, cut) => {
    const server = await answer(bytes);
    expect(await fetchFrom(server, '/')).toMatchObject({ text, cut });
  });

  it.each([
    ['the headers', (socket: Socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx: ')],
    ['the body', (socket: Socket) => drip(socket, page('', ''))],
    ['interim answers', (socket: Socket) => drip(socket, '', 'HTTP/1.1 100 Continue\r\n\r\n', 40)],
    ['a long compressed body', (socket: Socket) => drip(socket, page('content-encoding: gzip\r\n', ''), '\0')],
    ['nothing', () => undefined],
  ])('ends at the deadline a server that drips %s', async (_name, respond) => {
    const failure = await failureOf(fetchFrom(await answer(respond), '/', {}, { fetchTimeoutMs: 150 }));
    expect(failure.code).toBe('timeout');
  });

  it('does not wait for the body of a redirect', async () => {
    const server = await answer((socket, request) => {
      if (request > 1) socket.end(page('', 'x'));
      else drip(socket, 'HTTP/1.1 302 Found\r\nlocation: /next\r\n\r\n');
    });
    expect((await fetchFrom(server, '/')).text).toBe('x');
  });
});

/** Sends a piece every few milliseconds until the client goes. */
function drip(socket: Socket, start: string, piece = 'a', everyMs = 5): void {
  socket.write(start, 'latin1');
  const timer = setInterval(() => socket.write(piece, 'latin1'), everyMs);
  socket.on('close', () => clearInterval(timer));
}

describe('PageFetcher, on redirects', () => {
  const redirect = (location: string, status = 302): string =>
    `HTTP/1.1 ${status} Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`;

  it.each([
    ['relative', 'next?x=1', '/a/next?x=1'],
    ['by path', '/next', '/next'],
    ['by host', '//HOST/next', '/next'],
    ['by a path with a fragment', '/next#part', '/next'],
    ['by a raw UTF-8 path', Buffer.from('/über').toString('latin1'), '/%C3%BCber'],
    ['by a path with spaces', ' /a b ', '/a%20b'],
  ])('follows one %s', async (_name, location, target) => {
    const server = await answer((socket, request) => {
      const to = location.replace('HOST', server.host);
      socket.end(request === 1 ? redirect(to) : page('', 'x'), 'latin1');
    });
    expect((await fetchFrom(server, '/a/b')).url).toBe(`http://${server.host}${target}`);
  });

  it.each([300, 301, 303, 307, 308])('follows HTTP %i', async (status) => {
    const server = await answer(
      (socket, request) => void socket.end(request === 1 ? redirect('/x', status) : page('', 'x')),
    );
    expect((await fetchFrom(server, '/')).text).toBe('x');
  });

  it.each([304, 305, 306, 399])('does not follow HTTP %i', async (status) => {
    expect((await failureOf(fetchFrom(await answer(redirect('/x', status)), '/'))).code).toBe('parse');
  });

  it.each(['http://', 'http://[::1', 'https:///', `/${'a'.repeat(9000)}`])('reports %s as parse', async (location) => {
    expect((await failureOf(fetchFrom(await answer(redirect(location)), '/'))).code).toBe('parse');
  });

  it.each([
    'file:///etc/passwd',
    'data:text/html,x',
    'javascript:alert(1)',
    'ftp://a.example/',
    'gopher://a.example/',
    'http://user:pw@a.example/',
    'http://127.0.0.1:1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost/',
    'http://a.localhost./',
    'http://metadata.google.internal/',
    'http://a.example:25/',
  ])('refuses %s before anybody is asked about it', async (location) => {
    const asked: string[] = [];
    const beforeRequest = (url: URL): Promise<void> => Promise.resolve(void asked.push(url.pathname));
    const failure = await failureOf(fetchFrom(await answer(redirect(location)), '/start', { beforeRequest }));
    expect(failure.code).toBe('blocked_egress');
    expect(asked).not.toContain(new URL(location).pathname === '/' ? undefined : new URL(location).pathname);
  });
});

describe('PageFetcher, on TLS', () => {
  it('says that a port speaks no TLS', async () => {
    const server = await answer('HTTP/1.1 400 Bad Request\r\n\r\n');
    const fetcher = makeFetcher(server);
    closers.push(() => fetcher.close());
    const { signal } = new AbortController();
    const failure = await failureOf(fetcher.fetchPage(`https://${server.host}/`, { signal }));
    expect([failure.code, failure.message]).toEqual(['tls', expect.stringContaining('does not speak TLS')]);
  });
});

describe('FetchedPage', () => {
  it('says whether X-Robots-Tag asks not to index it', async () => {
    const tagged = await answer(page('x-robots-tag: otherbot: nofollow\r\nX-Robots-Tag: noindex\r\n', 'x'));
    const free = await answer(page('x-robots-tag: otherbot: noindex\r\n', 'x'));
    expect([(await fetchFrom(tagged, '/')).noindex, (await fetchFrom(free, '/')).noindex]).toEqual([true, false]);
  });

  it('hands out its bytes where asked', async () => {
    const server = await answer(page('', 'x'));
    expect((await fetchFrom(server, '/', { keepBytes: true })).body).toEqual(Buffer.from('x'));
    expect((await fetchFrom(server, '/')).body).toBeUndefined();
  });

  it('holds memory that other large pages wait for, until it is released', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024, 'a');
    const server = await LocalServer.start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(body);
    });
    closers.push(() => server.close());
    const fetcher = makeFetcher(server);
    closers.push(() => fetcher.close());
    const { signal } = new AbortController();
    const fetchBig = () => fetcher.fetchPage(server.url('/'), { signal });
    // 6 MiB in all: a page of 3 MiB needs 5 while it is read.
    const held = await fetchBig();
    let isThere = false;
    const second = fetchBig().then((fetched) => ((isThere = true), fetched));
    expect((await fetcher.fetchPage(server.url('/'), { signal, maxBytes: 1000 })).text).toHaveLength(1000);
    expect(isThere).toBe(false);
    held.release();
    held.release();
    expect((await second).text).toHaveLength(body.length);
  });

  it('leaves no memory behind when fetches of large pages are given up', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024, 'a');
    const controller = new AbortController();
    let stalled = 0;
    const server = await LocalServer.start((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      if (request.url === '/') return void response.end(body);
      response.write(body.subarray(0, 2 * 1024 * 1024), () => {
        stalled += 1;
        if (stalled === 2) controller.abort(new Error('enough'));
      });
    });
    closers.push(() => server.close());
    const fetcher = makeFetcher(server);
    closers.push(() => fetcher.close());
    const { signal } = controller;
    const givenUp = [1, 2].map((no) => fetcher.fetchPage(server.url(`/${no}`), { signal }));
    for (const fetched of givenUp) await expect(fetched).rejects.toThrow('enough');
    for (let page = 0; page < 5; page += 1) {
      const fetched = await fetcher.fetchPage(server.url('/'), { signal: new AbortController().signal });
      expect(fetched.text).toHaveLength(body.length);
      fetched.release();
    }
  });
});
