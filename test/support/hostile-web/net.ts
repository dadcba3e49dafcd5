import { randomBytes } from 'node:crypto';
import { drip, emptyPage, flood, head, HTML_LINE, pageOf, resetSoon, say } from './answers.js';
import { fails, finds, raw, reads, type Endpoint } from './endpoint.js';

const NO_HTTP = fails('connection', 'parse');

/** The connection itself: what never comes, breaks off, drips, or is another protocol. */
export const NET: Endpoint[] = [
  { path: '/net/reset-at-connect', expect: [fails('connection')], connect: (socket) => socket.resetAndDestroy() },
  { path: '/net/close-at-connect', expect: [fails('connection')], connect: (socket) => socket.end() },
  { path: '/net/hang-at-connect', expect: [fails('timeout')], slow: true, connect: () => {} },
  raw('/net/reset-before-headers', fails('connection'), ({ socket }) => socket.resetAndDestroy()),
  raw('/net/empty-reply', fails('connection'), ({ socket }) => socket.end()),
  raw('/net/hang-before-headers', fails('timeout'), () => {}, { slow: true }),
  raw('/net/reset-mid-headers', fails('connection'), ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Ty');
    resetSoon(socket);
  }),
  raw(
    '/net/close-mid-headers',
    fails('connection', 'parse'),
    say(() => ['HTTP/1.1 200 OK\r\nContent-Ty']),
  ),
  raw('/net/hang-mid-headers', fails('timeout'), ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Ty'), {
    slow: true,
  }),
  raw('/net/reset-after-headers', fails('connection'), ({ socket }) => {
    socket.write(head([HTML_LINE, 'Content-Length: 5000']));
    resetSoon(socket);
  }),
  raw('/net/hang-after-headers', fails('timeout'), ({ socket }) => socket.write(head([HTML_LINE])), { slow: true }),
  raw('/net/reset-mid-body', finds({ notes: ['connection'] }), ({ socket, endpoint }) => {
    socket.write(head([HTML_LINE, 'Content-Length: 50000']) + pageOf(endpoint));
    resetSoon(socket);
  }),
  raw(
    '/net/hang-mid-body',
    fails('timeout'),
    ({ socket }) => socket.write(head([HTML_LINE, 'Content-Length: 50000']) + emptyPage()),
    { slow: true },
  ),
  raw('/net/slow-drip-status-line', fails('timeout'), ({ socket }) => drip(socket, slices('HTTP/1.1 200 O')), {
    slow: true,
  }),
  raw(
    '/net/slow-drip-headers',
    fails('timeout'),
    ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      let line = 0;
      drip(socket, () => `x-${(line += 1)}: drip\r\n`);
    },
    { slow: true },
  ),
  raw(
    '/net/slow-drip-body',
    fails('timeout'),
    ({ socket }) => {
      socket.write(head([HTML_LINE, 'Content-Length: 100000']));
      drip(socket, () => ' ');
    },
    { slow: true },
  ),
  raw(
    '/net/slow-drip-chunks',
    fails('timeout'),
    ({ socket }) => {
      socket.write(head([HTML_LINE, 'Transfer-Encoding: chunked']));
      drip(socket, () => '1\r\n \r\n');
    },
    { slow: true },
  ),
  raw(
    '/net/slow-drip-1xx',
    fails('timeout', 'connection'),
    ({ socket }) => drip(socket, () => 'HTTP/1.1 100 Continue\r\n\r\n'),
    { slow: true },
  ),
  raw(
    '/net/endless-1xx',
    fails('timeout', 'connection', 'parse', 'too_large'),
    ({ socket }) => flood(socket, () => 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(200)),
    { slow: true },
  ),
  raw(
    '/net/early-hints-then-page',
    finds(),
    say(({ endpoint }) => [
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n',
      head([HTML_LINE]),
      pageOf(endpoint),
    ]),
  ),
  raw('/net/half-close-then-answer', finds(), ({ socket, endpoint }) => {
    // Our side closes for writing right behind the page, and goes on reading.
    socket.end(head([HTML_LINE]) + pageOf(endpoint));
    socket.resume();
  }),
  {
    path: '/net/answer-before-request',
    expect: [finds(), fails('connection', 'parse', 'robots_disallowed')],
    connect: (socket) => {
      const page = emptyPage('<p>Write to net.answer-before-request@hostile.gleaner-test.org</p>');
      socket.end(head([HTML_LINE, `Content-Length: ${page.length}`, 'Connection: close']) + page);
      socket.resume();
    },
  },
  raw('/net/reset-on-reused-socket', finds(), ({ socket, endpoint, nth }) => {
    // robots.txt came first on this socket: the server has given up the connection in the meantime.
    if (nth > 1) return socket.resetAndDestroy();
    return socket.end(head([HTML_LINE]) + pageOf(endpoint));
  }),
  raw('/net/reset-on-every-socket', fails('connection'), ({ socket }) => socket.resetAndDestroy(), { maxRequests: 6 }),
  raw(
    '/net/switching-protocols',
    NO_HTTP,
    say(() => ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello']),
  ),
  banner('/net/ssh-banner', 'SSH-2.0-OpenSSH_9.6\r\n'),
  banner('/net/smtp-banner', '220 mail.example ESMTP Postfix\r\n'),
  banner('/net/ftp-banner', '220 (vsFTPd 3.0.5)\r\n'),
  banner('/net/mysql-banner', '\x4a\x00\x00\x00\x0a8.4.0\x00\x08\x00\x00\x00'),
  banner('/net/telnet-negotiation', '\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27'),
  banner('/net/http2-frames', '\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80'),
  banner('/net/tls-alert', '\x15\x03\x01\x00\x02\x02\x46'),
  {
    path: '/net/endless-noise',
    expect: [fails('connection', 'parse', 'too_large')],
    connect: (socket) => flood(socket, () => randomBytes(65_536)),
  },
  raw(
    '/net/endless-status-line',
    fails('connection', 'parse', 'too_large'),
    ({ socket }) => {
      socket.write('HTTP/1.1 200 ');
      flood(socket, () => 'O'.repeat(65_536));
    },
    { slow: true },
  ),
  raw(
    '/net/empty-body-close',
    reads(),
    say(() => [head([HTML_LINE])]),
  ),
];

function banner(path: string, bytes: string): Endpoint {
  return { path, expect: [NO_HTTP], connect: (socket) => socket.end(bytes, 'latin1') };
}

/** A status line whose reason never ends, character by character. */
function slices(start: string): () => string {
  let next = 0;
  return () => start[next++] ?? 'K';
}
