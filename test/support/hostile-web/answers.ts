import type { OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { addressOf, type Endpoint, type Exchange, type RawExchange, type Serve, type ServeRaw } from './endpoint.js';

const FILLER = 'We build quiet things that last, and have done so since 1987 in the old mill by the river.';

/** A plain page with the endpoint's own address, `before` it and after it whatever is to be tried. */
export function pageOf(endpoint: Endpoint, before = '', after = '', part = ''): string {
  const address = addressOf(endpoint.path, part);
  return `<!doctype html><html><head><title>Mill</title></head><body><p>${FILLER}</p>${before}
<p>Write to ${address} please.</p>
${after}</body></html>`;
}

/** A page that says nothing of use. */
export function emptyPage(content = ''): string {
  return `<!doctype html><html><head><title>Mill</title></head><body><p>${FILLER}</p>${content}</body></html>`;
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** The endpoint's page under a status and headers. */
export function answer(status: number, headers: OutgoingHttpHeaders = {}): Serve {
  return ({ response, endpoint }) => {
    response.writeHead(status, { ...HTML, ...headers });
    response.end(pageOf(endpoint));
  };
}

/** A body of one's own. */
export function body(make: string | Buffer | ((exchange: Exchange) => string | Buffer), headers = {}): Serve {
  return (exchange) => {
    exchange.response.writeHead(200, { ...HTML, ...headers });
    exchange.response.end(typeof make === 'function' ? make(exchange) : make);
  };
}

/** The endpoint's page behind something that must not keep it from being read. */
export function behind(make: (exchange: Exchange) => string, headers = {}): Serve {
  return body((exchange) => pageOf(exchange.endpoint, make(exchange)), headers);
}

/** The start redirects, every other path has the endpoint's page. */
export function redirect(to: string | ((exchange: Exchange) => string), status = 302): Serve {
  return (exchange) => {
    const { response, url, endpoint } = exchange;
    if (url.pathname !== endpoint.path) return answer(200)(exchange);
    // Bytes as they are: targets may be outside ASCII.
    const location = Buffer.from(typeof to === 'function' ? to(exchange) : to).toString('latin1');
    response.writeHead(status, { location, 'content-length': 0 });
    response.end();
  };
}

export function text(content: string | Buffer, status = 200, headers = {}): Serve {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
    response.end(content);
  };
}

/** Serves the pages by path (the seed is `/`), anything else is 404. */
export function pages(table: Record<string, (exchange: Exchange) => string>): Serve {
  return (exchange) => {
    const { url, endpoint, response } = exchange;
    const make = table[url.pathname === endpoint.path ? '/' : url.pathname];
    response.writeHead(make === undefined ? 404 : 200, HTML);
    response.end(make === undefined ? emptyPage('Not here.') : make(exchange));
  };
}

/** Not found, with an address that does not count. */
export const notFound: Serve = ({ response }) => {
  response.writeHead(404, HTML);
  response.end(emptyPage('<p>Write to not-found@hostile.gleaner-test.org</p>'));
};

/** Never answers. */
export const hang: Serve = () => {};

/** Writes for as long as the peer reads; ends with the connection. */
export function flood(socket: Socket | Exchange['response'], make: () => string | Buffer): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(make()));
  };
  socket.on('drain', write);
  write();
}

/** Writes a piece every `everyMs` until the connection ends. */
export function drip(socket: Socket | Exchange['response'], make: () => string | Buffer, everyMs = 60): void {
  const timer = setInterval(() => socket.write(make()), everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** Head and body of a raw answer, as written; the connection is then closed. */
export function say(make: (exchange: RawExchange) => (string | Buffer)[]): ServeRaw {
  return (exchange) => {
    for (const part of make(exchange)) exchange.socket.write(part, 'latin1');
    exchange.socket.end();
  };
}

/** A status line, header lines and the blank line. */
export function head(lines: string[], status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}

export const HTML_LINE = 'Content-Type: text/html; charset=utf-8';

/** The endpoint's page with further header lines and a true length. */
export function withLines(...lines: (string | ((exchange: RawExchange) => string))[]): ServeRaw {
  return say((exchange) => {
    const page = pageOf(exchange.endpoint);
    const written = lines.map((line) => (typeof line === 'function' ? line(exchange) : line));
    return [head([HTML_LINE, `Content-Length: ${page.length}`, 'Connection: close', ...written]), page];
  });
}

/** One chunk of the chunked coding. */
export function chunk(content: string): string {
  return `${Buffer.byteLength(content).toString(16)}\r\n${content}\r\n`;
}

/** A reset instead of an orderly end, once what was written has left. */
export function resetSoon(socket: Socket): void {
  const timer = setTimeout(() => socket.resetAndDestroy(), 30);
  socket.once('close', () => clearTimeout(timer));
}
