import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, fetchFrom, makeFetcher } from './testing/fetching.js';
import { LocalServer, redirectTo, sendHtml } from './testing/local-server.js';
import { RawServer } from './testing/raw-server.js';

const closers: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Answers the first requests as told, every later one with a page. */
async function serveFirst(...answers: (RequestListener | [number, Record<string, string>?])[]): Promise<LocalServer> {
  let requests = 0;
  const server = await LocalServer.start((request, response) => {
    const answer = answers[requests];
    requests += 1;
    if (answer === undefined) sendHtml(response, 'here at last');
    else if (typeof answer === 'function') answer(request, response);
    else response.writeHead(answer[0], answer[1]).end();
  });
  closers.push(() => server.close());
  return server;
}

const hangUp: RequestListener = (request) => request.socket.destroy();

describe('PageFetcher, after a transient fault', () => {
  it.each([
    ['a hang-up', hangUp],
    ['429', [429] as [number]],
    ['502', [502] as [number]],
    ['503', [503] as [number]],
    ['504', [504] as [number]],
  ])('tries a third time after %s', async (_name, answer) => {
    const server = await serveFirst(answer, answer);
    expect((await fetchFrom(server, '/')).text).toBe('here at last');
    expect(server.requests).toHaveLength(3);
  });

  it.each([[500], [501], [404], [403]])('takes HTTP %i as final', async (status) => {
    const server = await serveFirst([status]);
    expect((await failureOf(fetchFrom(server, '/'))).status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  it('does not try again after its deadline', async () => {
    const server = await serveFirst(() => undefined);
    const failure = await failureOf(fetchFrom(server, '/', {}, { fetchTimeoutMs: 50 }));
    expect([failure.code, server.requests.length]).toEqual(['timeout', 1]);
  });

  it('gives up after three tries, and says how long a busy server had better be left alone', async () => {
    const server = await serveFirst([503], [503], [503]);
    const failure = await failureOf(fetchFrom(server, '/', {}, { retryDelayMs: 2 }));
    expect(server.requests).toHaveLength(3);
    expect(failure).toMatchObject({ code: 'http_5xx', status: 503 });
    expect(failure.retryAfterMs).toBeGreaterThan(0);
    const broken = await serveFirst([502], [502], [502]);
    expect((await failureOf(fetchFrom(broken, '/'))).retryAfterMs).toBeNull();
  });

  it('has three tries for a chain of redirects, not for each of its hops', async () => {
    const server = await serveFirst([503], redirectTo('/b'), [503], redirectTo('/c'), [503]);
    expect((await failureOf(fetchFrom(server, '/a'))).url).toBe(server.url('/c'));
  });

  it('asks a closed port twice, at most', async () => {
    const server = await serveFirst();
    await server.close();
    const waits: number[] = [];
    const failure = await failureOf(fetchFrom(server, '/', { onBackoff: (_url, waitMs) => waits.push(waitMs) }));
    expect([failure.code, waits.length]).toEqual(['connection', 1]);
  });

  it('announces the wait, and passes the gate again before the retry', async () => {
    const server = await serveFirst([503], redirectTo('/page'));
    const events: string[] = [];
    await fetchFrom(server, '/', {
      beforeRequest: (url, from) => Promise.resolve(void events.push(`ask ${url.pathname} from ${from?.pathname}`)),
      onStart: (url) => void events.push(`start ${url.pathname}`),
      onBackoff: (url) => void events.push(`wait ${url.pathname}`),
    });
    expect(events).toEqual([
      'ask / from undefined',
      'start /',
      'wait /',
      'ask / from undefined',
      'start /',
      'ask /page from /',
      'start /page',
    ]);
  });

  it('lets others fetch while it waits', async () => {
    const server = await serveFirst([503, { 'retry-after': '10' }]);
    const fetcher = makeFetcher(server, { maxConcurrentFetches: 1 });
    closers.push(() => fetcher.close());
    const controller = new AbortController();
    const backsOff = new Promise<void>((resolve) => {
      const request = { signal: controller.signal, onBackoff: () => resolve() };
      fetcher.fetchPage(server.url('/busy'), request).catch(() => undefined);
    });
    await backsOff;
    const { signal } = new AbortController();
    expect((await fetcher.fetchPage(server.url('/other'), { signal })).text).toBe('here at last');
    controller.abort();
  });

  it('ends the wait at once when the caller gives up', async () => {
    const server = await serveFirst([429, { 'retry-after': '10' }]);
    const controller = new AbortController();
    const onBackoff = (): void => controller.abort(new Error('enough'));
    await expect(fetchFrom(server, '/', { signal: controller.signal, onBackoff })).rejects.toThrow('enough');
  });
});

describe('PageFetcher, on Retry-After', () => {
  it('waits in place where the time is short', async () => {
    const server = await serveFirst([429, { 'retry-after': '7' }]);
    const controller = new AbortController();
    const waits: number[] = [];
    const onBackoff = (_url: URL, waitMs: number): void => {
      waits.push(waitMs);
      controller.abort(new Error('seen'));
    };
    await expect(fetchFrom(server, '/', { signal: controller.signal, onBackoff })).rejects.toThrow('seen');
    expect(waits).toEqual([7000]);
  });

  it('leaves at once where it is long, and hands the time on, capped', async () => {
    const server = await serveFirst([503, { 'retry-after': '60' }], [429, { 'retry-after': '86400' }]);
    expect(await failureOf(fetchFrom(server, '/'))).toMatchObject({ status: 503, retryAfterMs: 60_000 });
    expect(await failureOf(fetchFrom(server, '/'))).toMatchObject({ code: 'http_4xx', retryAfterMs: 600_000 });
    expect(server.requests).toHaveLength(2);
  });

  it('ignores what it cannot read', async () => {
    const server = await serveFirst([503, { 'retry-after': 'soon' }], [503, { 'retry-after': '-5' }]);
    expect((await fetchFrom(server, '/')).text).toBe('here at last');
  });
});

describe('PageFetcher, on connections that were kept', () => {
  it('repeats a reset on a reused one without counting it as a try', async () => {
    const page = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nok';
    const server = await RawServer.start((socket, request) => {
      if (request === 2) socket.resetAndDestroy();
      else socket.write(page);
    });
    closers.push(() => server.close());
    const fetcher = makeFetcher(server);
    closers.push(() => fetcher.close());
    const onBackoff = (): void => expect.fail('waited');
    const request = { signal: new AbortController().signal, onBackoff };
    await fetcher.fetchPage(`http://${server.host}/`, request);
    expect((await fetcher.fetchPage(`http://${server.host}/`, request)).text).toBe('ok');
  });
});
