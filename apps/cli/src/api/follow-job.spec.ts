import { afterEach, describe, expect, it } from 'vitest';
import {
  type FakeGateway,
  JOB_ID,
  makeJobAnswer,
  makeProgress,
  sendEvent,
  sendJson,
  sendProblem,
  startFakeGateway,
} from '../../../../test/support/fake-gateway.js';
import { ApiClient } from './api-client.js';
import type { Job } from './api-types.js';
import { type FollowOptions, followJob } from './follow-job.js';

const EVENTS = `GET /v1/jobs/${JOB_ID}/events`;
const JOB = `GET /v1/jobs/${JOB_ID}`;

describe('followJob', () => {
  let gateway: FakeGateway | undefined;
  const percents: number[] = [];
  const follow = async (
    routes: Parameters<typeof startFakeGateway>[0],
    options: Partial<FollowOptions> = {},
  ): Promise<Job> => {
    gateway = await startFakeGateway(routes);
    return followJob(new ApiClient(gateway.url, 'key'), JOB_ID, {
      onProgress: ({ percent }) => percents.push(percent),
      signal: new AbortController().signal,
      pollMs: 5,
      ...options,
    });
  };
  const running = (percent: number): Job => makeJobAnswer({ status: 'running', progress: makeProgress({ percent }) });

  afterEach(async () => {
    percents.length = 0;
    await gateway?.close();
  });

  it('follows the events to the end and returns the finished job', async () => {
    const job = await follow({
      [EVENTS]: (_, response) => {
        sendEvent(response, 'progress', makeProgress({ percent: 40 }));
        sendEvent(response, 'complete', {});
        response.end();
      },
      [JOB]: (_, response) => sendJson(response, makeJobAnswer()),
    });
    expect(job.status).toBe('completed');
    expect(percents).toEqual([40, 100]);
  });

  it('connects again after a broken stream, from the last event it has seen', async () => {
    let streams = 0;
    await follow({
      [EVENTS]: (_, response) => {
        streams += 1;
        sendEvent(response, 'status', { status: 'running' }, '17');
        if (streams === 1) setTimeout(() => response.destroy(), 10);
        else {
          sendEvent(response, 'complete', {});
          response.end();
        }
      },
      [JOB]: (_, response) => sendJson(response, streams === 1 ? running(50) : makeJobAnswer()),
    });
    const again = gateway?.requests.filter(({ url }) => url.endsWith('/events')).at(-1);
    expect(again?.headers['last-event-id']).toBe('17');
  });

  it('polls where there are no events to be had', async () => {
    let looks = 0;
    await follow({
      [EVENTS]: (_, response) => sendProblem(response, { status: 500, detail: 'no streams here' }),
      [JOB]: (_, response) => {
        looks += 1;
        sendJson(response, looks < 3 ? running(looks * 10) : makeJobAnswer());
      },
    });
    expect(percents).toEqual([10, 20, 100]);
  });

  it('looks at the job itself when the stream stays silent', async () => {
    const job = await follow(
      {
        [EVENTS]: (_, response) =>
          void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': ping\n\n'),
        [JOB]: (_, response) => sendJson(response, makeJobAnswer()),
      },
      { silenceMs: 30 },
    );
    expect(job.status).toBe('completed');
  });

  it('bears a server that is away for a while, but not for ever', async () => {
    let looks = 0;
    const routes = {
      [EVENTS]: (_: unknown, response: Parameters<typeof sendProblem>[0]) =>
        sendProblem(response, { status: 503, detail: 'away' }),
      [JOB]: (_: unknown, response: Parameters<typeof sendProblem>[0]) => {
        looks += 1;
        if (looks < 4) sendProblem(response, { status: 503, detail: 'away' });
        else sendJson(response, makeJobAnswer());
      },
    };
    expect((await follow(routes)).status).toBe('completed');
    looks = -1000;
    await gateway?.close();
    await expect(follow(routes, { patienceMs: 30 })).rejects.toThrow('away');
  });

  it('gives up at once where waiting cannot help', async () => {
    await expect(follow({})).rejects.toThrow('no such job');
  });

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController();
    const following = follow(
      { [EVENTS]: (_, response) => sendEvent(response, 'progress', makeProgress({ percent: 1 })) },
      { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) },
    );
    await expect(following).rejects.toThrow('enough');
  });
});
