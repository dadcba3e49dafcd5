import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Email, Job, Site } from '../../apps/cli/src/api/api-types.js';

export interface FakeRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Handler = (request: FakeRequest, response: ServerResponse) => void | Promise<void>;

export interface FakeGateway {
  url: string;
  requests: FakeRequest[];
  close(): Promise<void>;
}

/** A server that answers `METHOD path` (query left out) with what the test says, and 404 problem+json to all else. */
export async function startFakeGateway(routes: Record<string, Handler>): Promise<FakeGateway> {
  const requests: FakeRequest[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const request = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body };
    requests.push(request);
    const handler = routes[`${request.method} ${request.url.split('?')[0]}`];
    if (handler) await handler(request, response);
    else sendProblem(response, { status: 404, detail: 'There is no such job.' });
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function sendProblem(
  response: ServerResponse,
  problem: { status: number; detail: string; errors?: { pointer: string; detail: string }[] },
): void {
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}

export function sendEvent(response: ServerResponse, event: string, data: unknown, id?: string): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

export const JOB_ID = '0190a000-0000-7000-8000-000000000001';

export function makeProgress(overrides: Partial<Job['progress']> = {}): Job['progress'] {
  return {
    version: 1,
    percent: 0,
    emails: 0,
    pages: 0,
    bytes: 0,
    sites: 0,
    sitesTotal: 2,
    errors: 0,
    emailsPerSecond: 0,
    etaSeconds: null,
    activeWorkers: 0,
    chunks: { total: 2, pending: 2, dispatched: 0, running: 0, done: 0, failed: 0, cancelled: 0 },
    ...overrides,
  };
}

export function makeJobAnswer(overrides: Partial<Job> = {}): Job {
  return {
    id: JOB_ID,
    name: null,
    status: 'completed',
    workerCount: 1,
    target: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:01.000Z',
    finishedAt: '2026-01-01T00:00:03.500Z',
    error: null,
    progress: makeProgress({ percent: 100, emails: 1, pages: 4, sites: 2 }),
    policy: { robots: 'respect' },
    source: { type: 'sites' },
    ...overrides,
  };
}

export function makeEmail(overrides: Partial<Email> = {}): Email {
  return {
    address: 'info@a.example',
    domain: 'a.example',
    kind: 'role',
    verdict: 'valid',
    mx: true,
    disposable: false,
    confidence: 0.98,
    method: 'mailto',
    flags: [],
    firstSeenAt: '2026-01-01T00:00:02.000Z',
    firstFoundIn: JOB_ID,
    sources: [makeSource()],
    ...overrides,
  };
}

export function makeSource(overrides: Partial<Email['sources'][number]> = {}): Email['sources'][number] {
  return {
    url: 'https://a.example/contact',
    method: 'mailto',
    snippet: 'Write to info@a.example',
    lastSeenAt: '2026-01-01T00:00:02.000Z',
    seenAt: '2026-01-01T00:00:02.000Z',
    httpStatus: 200,
    robots: 'allowed',
    noindex: false,
    noHarvest: false,
    via: 'seed',
    origin: null,
    ...overrides,
  };
}

export function makeSite(overrides: Partial<Site> = {}): Site {
  return {
    host: 'a.example',
    outcome: 'found',
    emails: 1,
    pages: 3,
    detail: null,
    robots: 'allowed',
    waitingUntil: null,
    ...overrides,
  };
}
