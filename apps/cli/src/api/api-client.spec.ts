import { afterEach, describe, expect, it } from 'vitest';
import {
  type FakeGateway,
  JOB_ID,
  makeJobAnswer,
  sendJson,
  sendProblem,
  startFakeGateway,
} from '../../../../test/support/fake-gateway.js';
import { CliError } from '../cli-error.js';
import { ApiClient } from './api-client.js';

const NEW_JOB = { source: { type: 'sites' as const, sites: ['a.example'] } };

describe('ApiClient', () => {
  let gateway: FakeGateway | undefined;
  const serve = async (routes: Parameters<typeof startFakeGateway>[0], path = ''): Promise<ApiClient> => {
    gateway = await startFakeGateway(routes);
    return new ApiClient(`${gateway.url}${path}`, 'the-key');
  };
  const failureOf = async (work: Promise<unknown>): Promise<CliError> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof CliError) return error;
    throw new Error('expected a CliError', { cause: error });
  };

  afterEach(async () => {
    await gateway?.close();
    gateway = undefined;
  });

  it('sends the key, and works below a path of the server', async () => {
    const client = await serve(
      { [`GET /gleaner/v1/jobs/${JOB_ID}`]: (_, response) => sendJson(response, makeJobAnswer()) },
      '/gleaner/',
    );
    expect((await client.readJob(JOB_ID)).id).toBe(JOB_ID);
    expect(gateway?.requests[0]?.headers.authorization).toBe('Bearer the-key');
  });

  it('reads every page of a list', async () => {
    const client = await serve({
      'GET /v1/workers': ({ url }, response) => {
        const isSecond = new URL(url, 'http://x').searchParams.get('cursor') === 'a b&c';
        sendJson(response, isSecond ? { data: [3], nextCursor: null } : { data: [1, 2], nextCursor: 'a b&c' });
      },
    });
    expect(await client.readAll('/v1/workers')).toEqual([1, 2, 3]);
  });

  it('tells a problem in words: what, where, and what to do', async () => {
    const errors = [{ pointer: '/source/sites/3', detail: 'must be an http or https URL' }];
    const client = await serve({
      'POST /v1/jobs': (_, response) =>
        sendProblem(response, { status: 422, detail: 'The body does not fit.', errors }),
      'GET /v1/jobs': (_, response) => sendProblem(response, { status: 401, detail: 'No valid key.' }),
    });
    const refused = await failureOf(client.createJob(NEW_JOB));
    expect(refused.message).toBe('The body does not fit.\n  /source/sites/3: must be an http or https URL');
    const unknown = await failureOf(client.readPage('/v1/jobs', {}));
    expect(unknown.hint).toContain('GLEANER_API_KEY');
  });

  it('asks again after the time that the server names', async () => {
    let calls = 0;
    const client = await serve({
      [`GET /v1/jobs/${JOB_ID}`]: (_, response) => {
        calls += 1;
        if (calls > 1) return sendJson(response, makeJobAnswer());
        response.setHeader('Retry-After', '0');
        sendProblem(response, { status: 429, detail: 'Too many requests.' });
      },
    });
    expect((await client.readJob(JOB_ID)).id).toBe(JOB_ID);
  });

  it('asks again with the same idempotency key when the answer to a new job got lost', async () => {
    let calls = 0;
    const client = await serve({
      'POST /v1/jobs': (_, response) => {
        calls += 1;
        if (calls === 1) response.destroy();
        else sendJson(response, makeJobAnswer(), 202);
      },
    });
    await client.createJob(NEW_JOB);
    const keys = gateway?.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys?.[0]).toBe(keys?.[1]);
  });

  it('says so when another program answers', async () => {
    const client = await serve({
      [`GET /v1/jobs/${JOB_ID}`]: (_, response) => void response.end('<h1>It works!</h1>'),
    });
    expect((await failureOf(client.readJob(JOB_ID))).message).toContain('not as Gleaner does');
  });

  it('says so when nothing answers', async () => {
    const client = await serve({});
    const { url } = client;
    await gateway?.close();
    const error = await failureOf(client.readJob(JOB_ID));
    expect(error.message).toBe(`no answer from ${url} (connection refused)`);
    expect(error.hint).toContain('npm start');
  });
});
