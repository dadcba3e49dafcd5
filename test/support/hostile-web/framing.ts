import { chunk, emptyPage, flood, head, HTML_LINE, pageOf, say } from './answers.js';
import { addressOf, fails, finds, raw, reads, type Endpoint, type RawExchange } from './endpoint.js';

const CHUNKED = 'Transfer-Encoding: chunked';
const NO_HTTP = fails('connection', 'parse');
const POISON = 'poison@hostile.gleaner-test.org';

/** Status lines, lengths and chunks that lie, contradict each other or make no sense. */
export const FRAMING: Endpoint[] = [
  statusLine('/framing/garbage-status-line', 'HELO hostile.test', NO_HTTP),
  statusLine('/framing/icy-status-line', 'ICY 200 OK', NO_HTTP, finds()),
  statusLine('/framing/status-of-letters', 'HTTP/1.1 abc OK', NO_HTTP),
  statusLine('/framing/status-of-two-digits', 'HTTP/1.1 20 OK', NO_HTTP, fails('http_4xx')),
  statusLine('/framing/status-of-four-digits', 'HTTP/1.1 2000 OK', NO_HTTP, fails('http_4xx', 'http_5xx')),
  statusLine('/framing/version-two', 'HTTP/2.0 200 OK', NO_HTTP, finds()),
  statusLine('/framing/version-nonsense', 'HTTP/77.3 200 OK', NO_HTTP),
  statusLine('/framing/no-reason', 'HTTP/1.1 200', finds()),
  raw(
    '/framing/http-0.9',
    NO_HTTP,
    say(({ endpoint }) => [pageOf(endpoint)]),
  ),
  raw(
    '/framing/http-1.0-no-length',
    finds(),
    say(({ endpoint }) => [`HTTP/1.0 200 OK\r\n${HTML_LINE}\r\n\r\n`, pageOf(endpoint)]),
  ),
  raw(
    '/framing/http-1.0-keep-alive',
    finds(),
    say(({ endpoint }) => {
      const page = pageOf(endpoint);
      return [
        `HTTP/1.0 200 OK\r\n${HTML_LINE}\r\nConnection: keep-alive\r\nContent-Length: ${page.length}\r\n\r\n`,
        page,
      ];
    }),
  ),
  raw(
    '/framing/no-headers-at-all',
    finds(),
    say(({ endpoint }) => ['HTTP/1.1 200 OK\r\n\r\n', pageOf(endpoint)]),
  ),
  raw(
    '/framing/line-feeds-only',
    [finds(), NO_HTTP],
    say(({ endpoint }) => [`HTTP/1.1 200 OK\n${HTML_LINE}\n\n`, pageOf(endpoint)]),
  ),
  raw(
    '/framing/blank-lines-first',
    [finds(), NO_HTTP],
    say(({ endpoint }) => ['\r\n\r\n', head([HTML_LINE]), pageOf(endpoint)]),
  ),
  raw(
    '/framing/length-too-long',
    finds({ notes: ['connection'] }),
    say(({ endpoint }) => [head([HTML_LINE, 'Content-Length: 999999']), pageOf(endpoint)]),
  ),
  raw(
    '/framing/length-too-short',
    finds(),
    say(({ endpoint }) => {
      const page = pageOf(endpoint);
      return [
        head([HTML_LINE, `Content-Length: ${page.length}`, 'Connection: close']),
        `${page}<p>Write to ${POISON}</p>`,
      ];
    }),
  ),
  raw(
    '/framing/length-zero-with-body',
    reads(),
    say(({ endpoint }) => [head([HTML_LINE, 'Content-Length: 0', 'Connection: close']), pageOf(endpoint)]),
  ),
  length('/framing/length-negative', 'Content-Length: -5'),
  length('/framing/length-of-letters', 'Content-Length: abc'),
  length('/framing/length-hexadecimal', 'Content-Length: 0x400'),
  length('/framing/length-overflow', 'Content-Length: 99999999999999999999999'),
  length('/framing/length-twice-different', 'Content-Length: 10\r\nContent-Length: 500'),
  length('/framing/length-list-different', 'Content-Length: 10, 500'),
  raw(
    '/framing/length-huge-then-close',
    finds({ notes: ['connection'] }),
    say(({ endpoint }) => [head([HTML_LINE, 'Content-Length: 9007199254740990']), pageOf(endpoint)]),
  ),
  raw(
    '/framing/length-and-chunked',
    [finds(), NO_HTTP],
    say(({ endpoint }) => [
      head([HTML_LINE, 'Content-Length: 10', CHUNKED, 'Connection: close']),
      `${chunk(pageOf(endpoint))}0\r\n\r\n`,
    ]),
  ),
  coding('/framing/chunked-twice', 'Transfer-Encoding: chunked, chunked'),
  coding('/framing/unknown-transfer-coding', 'Transfer-Encoding: xchunked'),
  coding('/framing/gzip-transfer-coding', 'Transfer-Encoding: gzip, chunked'),
  chunks('/framing/chunk-size-of-letters', 'zz\r\nhello\r\n0\r\n\r\n', NO_HTTP),
  chunks('/framing/chunk-size-negative', '-1\r\nhello\r\n0\r\n\r\n', NO_HTTP),
  chunks('/framing/chunk-size-overflow', 'fffffffffffffffffff\r\nhello\r\n0\r\n\r\n', NO_HTTP),
  chunks('/framing/chunk-size-missing', '\r\nhello\r\n0\r\n\r\n', NO_HTTP),
  chunks('/framing/chunk-without-line-end', '5\r\nhelloworld\r\n0\r\n\r\n', NO_HTTP, reads('connection')),
  raw(
    '/framing/bad-chunk-after-page',
    [finds({ notes: ['connection'] }), finds({ notes: ['parse'] }), NO_HTTP],
    say(({ endpoint }) => [head([HTML_LINE, CHUNKED]), chunk(pageOf(endpoint)), 'not a size\r\n']),
  ),
  raw(
    '/framing/chunks-without-end',
    finds({ notes: ['connection'] }),
    say(({ endpoint }) => [head([HTML_LINE, CHUNKED]), chunk(pageOf(endpoint))]),
  ),
  raw(
    '/framing/chunks-of-one-byte',
    finds(),
    say(({ endpoint }) => [
      head([HTML_LINE, CHUNKED]),
      `${Array.from(pageOf(endpoint), (character) => chunk(character)).join('')}0\r\n\r\n`,
    ]),
  ),
  raw(
    '/framing/chunk-extension-flood',
    [finds(), fails('connection', 'parse', 'too_large')],
    say(({ endpoint }) => [
      head([HTML_LINE, CHUNKED]),
      `5;${'e=x;'.repeat(100_000)}\r\nhello\r\n${chunk(pageOf(endpoint))}0\r\n\r\n`,
    ]),
  ),
  raw(
    '/framing/trailer-flood',
    [finds(), ...(['connection', 'too_large'] as const).map((code) => finds({ notes: [code] }))],
    ({ socket, endpoint }) => {
      socket.write(head([HTML_LINE, CHUNKED]) + chunk(pageOf(endpoint)) + '0\r\n');
      let line = 0;
      flood(socket, () => `x-${(line += 1)}: ${'t'.repeat(1000)}\r\n`);
    },
  ),
  raw('/framing/endless-chunks', finds({ notes: ['too_large'] }), ({ socket, endpoint }) => {
    socket.write(head([HTML_LINE, CHUNKED]) + chunk(pageOf(endpoint)));
    flood(socket, () => chunk(`${'word '.repeat(12_000)}\n`));
  }),
  raw('/framing/endless-body', finds({ notes: ['too_large'] }), ({ socket, endpoint }) => {
    socket.write(head([HTML_LINE]) + pageOf(endpoint));
    flood(socket, () => `${'word '.repeat(12_000)}\n`);
  }),
  junkBehind('/framing/pipelined-answer', ({ web }) => {
    const poison = emptyPage(`<p>Write to ${POISON}</p><a href="${web.canary('/framing/pipelined-answer')}">x</a>`);
    return head([HTML_LINE, `Content-Length: ${poison.length}`]) + poison;
  }),
  junkBehind('/framing/pipelined-noise', () => '\x00\x01\x02 not HTTP at all \r\n\r\n'),
];

/** The page under any first line. */
function statusLine(path: string, line: string, ...expect: Endpoint['expect']): Endpoint {
  return raw(
    path,
    expect,
    say(({ endpoint }) => [`${line}\r\n${HTML_LINE}\r\nConnection: close\r\n\r\n`, pageOf(endpoint)]),
  );
}

/** No length can be told: RFC 9112 §6.3 calls that unrecoverable. */
function length(path: string, line: string): Endpoint {
  return raw(
    path,
    NO_HTTP,
    say(({ endpoint }) => [head([HTML_LINE, line, 'Connection: close']), pageOf(endpoint)]),
  );
}

function coding(path: string, line: string): Endpoint {
  const refused = fails('connection', 'parse', 'bad_encoding', 'bad_content_type');
  return raw(
    path,
    [finds(), refused],
    say(({ endpoint }) => [head([HTML_LINE, line, 'Connection: close']), `${chunk(pageOf(endpoint))}0\r\n\r\n`]),
  );
}

function chunks(path: string, bytes: string, ...expect: Endpoint['expect']): Endpoint {
  return raw(
    path,
    expect,
    say(() => [head([HTML_LINE, CHUNKED]), bytes]),
  );
}

/** A page, and behind its end something that nobody asked for: it must not become the answer to the next request. */
function junkBehind(path: string, junk: (exchange: RawExchange) => string): Endpoint {
  const addresses = [addressOf(path), addressOf(path, '.next')];
  return raw(
    path,
    finds({ addresses }),
    (exchange) => {
      const isNext = exchange.target === '/next';
      const page = pageOf(exchange.endpoint, '<a href="/next">Contact</a>', '', isNext ? '.next' : '');
      exchange.socket.write(
        head([HTML_LINE, `Content-Length: ${page.length}`]) + page + (isNext ? '' : junk(exchange)),
        'latin1',
      );
    },
    { maxDepth: 1 },
  );
}
