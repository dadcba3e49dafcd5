import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';

const PAGE_CHARS = 50_000;

/** Words of several languages in ordinary markup: about as compressible as a real page, and not plain ASCII. */
function makePage(): string {
  const words = 'contact team service über uns équipe página kontakt office products news with from about'.split(' ');
  let html = '<!doctype html><html><head><meta charset="utf-8"><title>Bench</title></head><body>\n';
  for (let line = 0; html.length < PAGE_CHARS; line += 1) {
    const text = Array.from({ length: 12 }, (_, i) => words[(line * 7 + i * i * 5 + (line ^ i)) % words.length]);
    html += `<div class="row-${line}"><a href="/section-${line % 97}/page-${line * 31}">${text.join(' ')}</a></div>\n`;
  }
  return `${html}</body></html>`;
}

/** Starts the server in a process of its own, so that only the client's CPU time is measured. */
export async function startFetchServer(): Promise<{ host: string; stop(): void }> {
  const child = fork(fileURLToPath(import.meta.url), { env: { ...process.env, NODE_OPTIONS: '' } });
  const [port] = (await once(child, 'message')) as [number];
  return { host: `127.0.0.1:${port}`, stop: () => void child.kill() };
}

function serve(): void {
  const plain = Buffer.from(makePage());
  const gzip = gzipSync(plain);
  const server = http.createServer((request, response) => {
    const isGzip = request.url === '/gzip';
    const body = isGzip ? gzip : plain;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-length', body.length);
    if (isGzip) response.setHeader('content-encoding', 'gzip');
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit());
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) serve();
