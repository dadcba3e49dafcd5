import { answer, emptyPage, flood, head, HTML_LINE, notFound, say } from './answers.js';
import { fails, finds, http, raw, reads, type Endpoint, type Exchange, type Serve } from './endpoint.js';

const CLIENT = [
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424,
  425, 426, 428, 431, 444, 451, 460, 499,
];
const SERVER = [500, 501, 502, 504, 505, 506, 507, 508, 510, 511, 520, 521, 522, 523, 524, 525, 526, 529, 530, 599];
/** 205 has no content by definition, 204 has none on the wire. */
const NOTHING = [reads(), fails('bad_content_type')];

/** Every status, the odd ones and those that ask to come back later. Addresses on error pages do not count. */
export const STATUS: Endpoint[] = [
  ...[200, 201, 202, 203, 206, 207, 208, 226, 299].map((status) => http(`/status/${status}`, finds(), answer(status))),
  http('/status/204', NOTHING, ({ response }) => response.writeHead(204).end()),
  raw(
    '/status/204-with-body',
    NOTHING,
    say(() => [head([HTML_LINE, 'Connection: close'], '204 No Content'), emptyPage('<p>no-content@x.org</p>')]),
  ),
  http('/status/205', [...NOTHING, finds()], answer(205)),
  http('/status/206-with-range', finds(), answer(206, { 'content-range': 'bytes 0-99/5000' })),
  http('/status/300', [fails('parse', 'http_4xx'), finds()], answer(300)),
  http('/status/304', fails('parse', 'http_4xx'), ({ response }) => response.writeHead(304).end()),
  http('/status/399', [fails('parse', 'http_4xx'), finds()], answer(399)),
  ...CLIENT.map((status) => http(`/status/${status}`, fails('http_4xx'), answer(status), { maxRequests: 6 })),
  ...SERVER.map((status) => http(`/status/${status}`, fails('http_5xx'), answer(status), { maxRequests: 6 })),
  ...[600, 799, 999].map((status) => http(`/status/${status}`, fails('http_5xx', 'http_4xx'), answer(status))),
  rawStatus('000'),
  rawStatus('099'),
  rawStatus('-200'),
  http('/status/404-with-address', fails('http_4xx'), notFound),
  http('/status/404-endless', fails('http_4xx'), endless(404)),
  http('/status/500-endless', fails('http_5xx'), endless(500)),
  // What passes: one repetition is enough.
  http('/status/503-once', finds(), once(503, {})),
  http('/status/503-once-retry-after-1', finds(), once(503, { 'retry-after': '1' })),
  http('/status/429-once-retry-after-1', finds(), once(429, { 'retry-after': '1' })),
  http('/status/429-once-retry-after-0', finds(), once(429, { 'retry-after': '0' })),
  http('/status/503-once-retry-after-date', finds(), (exchange) =>
    once(503, { 'retry-after': new Date(Date.now() + 1000).toUTCString() })(exchange),
  ),
  http('/status/503-once-retry-after-past', finds(), once(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' })),
  http('/status/502-once', [finds(), fails('http_5xx')], once(502, {})),
  // What does not pass, whatever the header says: a few requests, and no wait of days.
  ...[
    ['garbage', 'soon'],
    ['negative', '-5'],
    ['fraction', '0.1'],
    ['infinite', 'Infinity'],
    ['of-4-kib', '1'.repeat(4096)],
    ['twice', '1, 2'],
  ].map(([name, value]) => later(429, `-${name}`, value)),
  ...[
    ['of-a-day', '86400'],
    ['overflow', '99999999999999999999'],
    ['in-year-9999', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ].flatMap(([name, value]) =>
    [429, 503].map((status): Endpoint => ({ ...later(status, `-${name}`, value), postpones: true })),
  ),
  later(503, '-always', undefined),
];

function later(status: number, name: string, retryAfter: string | undefined): Endpoint {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return http(`/status/${status}${name}`, fails('http_4xx', 'http_5xx'), answer(status, headers), { maxRequests: 6 });
}

function rawStatus(status: string): Endpoint {
  return raw(
    `/status/raw${status.startsWith('-') ? '' : '-'}${status}`,
    fails('connection', 'parse', 'http_4xx', 'http_5xx'),
    say(() => [head([HTML_LINE, 'Connection: close'], `${status} Odd`), emptyPage('<p>odd@x.org</p>')]),
  );
}

/** That status for the first page request, the page from then on. */
function once(status: number, headers: Record<string, string>): Serve {
  return (exchange: Exchange) =>
    answer(exchange.count === 1 ? status : 200, exchange.count === 1 ? headers : {})(exchange);
}

function endless(status: number): Serve {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    flood(response, () => 'x'.repeat(65_536));
  };
}
