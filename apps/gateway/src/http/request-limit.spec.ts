import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { endRequest, limitRequests } from './request-limit.js';

/** One request through the limit: whether it was passed on, and its response. */
function send(limit: ReturnType<typeof limitRequests>, headers: Record<string, string> = {}) {
  let isServed = false;
  const answer: { status?: number; headers?: object } = {};
  const response = Object.assign(new EventEmitter(), {
    status: (status: number) => (Object.assign(answer, { status }), response),
    set: (values: object) => (Object.assign(answer, { headers: values }), response),
    type: () => response,
    send: () => response,
  });
  const request = { method: 'POST', originalUrl: '/v1/jobs', path: '/jobs', headers } as unknown as Request;
  limit(request, response as unknown as Response, () => (isServed = true));
  return { isServed, answer, response: response as unknown as Response };
}

describe('limitRequests', () => {
  it('refuses one too many, with the time to come back, and takes the next when one has ended', () => {
    const limit = limitRequests(2);
    const first = send(limit);
    expect([first, send(limit)].every(({ isServed }) => isServed)).toBe(true);
    const refused = send(limit);
    expect(refused).toMatchObject({ isServed: false, answer: { status: 503, headers: { 'Retry-After': '1' } } });
    refused.response.emit('close');
    first.response.emit('close');
    expect(send(limit).isServed).toBe(true);
    expect(send(limit).isServed).toBe(false);
  });

  it('counts a large body, or one of unknown size, as several', () => {
    const bodies: Record<string, string>[] = [{ 'content-length': '200000' }, { 'transfer-encoding': 'chunked' }];
    for (const headers of bodies) {
      const limit = limitRequests(4);
      expect(send(limit, headers).isServed).toBe(true);
      expect(send(limit).isServed).toBe(false);
    }
  });

  it('counts a stream no longer, and not twice when it closes', () => {
    const limit = limitRequests(1);
    const stream = send(limit);
    endRequest(stream.response);
    expect(send(limit).isServed).toBe(true);
    stream.response.emit('close');
    expect(send(limit).isServed).toBe(false);
  });
});
