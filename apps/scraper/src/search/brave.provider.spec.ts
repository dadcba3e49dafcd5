import { describe, expect, it } from 'vitest';
import { searchCanned, type CannedAnswer } from './testing/canned-search.js';

const hits = { web: { results: [{ url: 'https://a.example/', title: 'A', description: 'About A' }] } };

/** A refusal for too many requests, as Brave words it. */
function limited(headers: Record<string, string>, error: Record<string, unknown> = {}): CannedAnswer {
  const body = { type: 'ErrorResponse', error: { status: 429, code: 'RATE_LIMITED', detail: 'Too many', ...error } };
  return { status: 429, headers, body };
}

describe('BraveProvider', () => {
  it('has no page after the tenth, and asks for none', async () => {
    const body = { query: { more_results_available: true }, ...hits };
    const last = await searchCanned('brave', { body }, { page: 9 });
    expect(last.answer).toMatchObject({ outcome: 'ok', results: [{ rank: 181 }], isLast: true });
    const beyond = await searchCanned('brave', { body }, { page: 10 });
    expect(beyond).toEqual({ answer: { outcome: 'ok', results: [], isLast: true, note: null }, path: null });
  });

  it('asks for the longest pages of plain web results', async () => {
    const { path } = await searchCanned('brave', { body: { query: {} } }, { page: 3 });
    expect(path).toBe('/res/v1/web/search?q=mills&count=20&offset=3&result_filter=web&text_decorations=false');
  });

  it('waits for the second to pass where only the second is spent', async () => {
    const headers = {
      'X-RateLimit-Limit': '1, 2000',
      'X-RateLimit-Remaining': '0, 1985',
      'X-RateLimit-Reset': '1, 1419704',
    };
    const { answer } = await searchCanned('brave', limited(headers));
    expect(answer).toMatchObject({ outcome: 'rate_limited', retryAfterMs: 1000 });
  });

  it('believes Retry-After before the reset of the second', async () => {
    const headers = { 'Retry-After': '5', 'X-RateLimit-Reset': '1, 1419704' };
    const { answer } = await searchCanned('brave', limited(headers));
    expect(answer).toMatchObject({ outcome: 'rate_limited', retryAfterMs: 5000 });
  });

  it.each([
    ['the month has nothing left', limited({ 'X-RateLimit-Limit': '1, 2000', 'X-RateLimit-Remaining': '1, 0' })],
    ['the meta data count to the limit', limited({}, { meta: { quota_limit: 2000, quota_current: 2000 } })],
    ['the code says so', limited({}, { code: 'QUOTA_LIMITED' })],
    ['payment is required', { status: 402, body: { error: { code: 'PAYMENT', detail: 'Add a card' } } }],
  ])('reports quota_exhausted where %s', async (_name, canned) => {
    const { answer } = await searchCanned('brave', canned);
    expect(answer.outcome).toBe('quota_exhausted');
  });

  it('knows that a limit of 0 is none', async () => {
    const headers = { 'X-RateLimit-Limit': '50, 0', 'X-RateLimit-Remaining': '0, 0', 'X-RateLimit-Reset': '1, 0' };
    const { answer } = await searchCanned('brave', limited(headers, { meta: { quota_limit: 0, quota_current: 0 } }));
    expect(answer.outcome).toBe('rate_limited');
  });

  it('reads a page although it was the last of the month', async () => {
    const headers = { 'X-RateLimit-Limit': '1, 2000', 'X-RateLimit-Remaining': '0, 0' };
    const { answer } = await searchCanned('brave', { headers, body: { query: {}, ...hits } });
    expect(answer).toMatchObject({ outcome: 'ok', results: [{ url: 'https://a.example/', snippet: 'About A' }] });
  });

  it('names the code of a refusal, and what it refuses', async () => {
    const body = { error: { code: 'VALIDATION', detail: 'Unable to validate request parameter(s)' } };
    const { answer } = await searchCanned('brave', { status: 422, body });
    expect(answer).toMatchObject({
      outcome: 'invalid_response',
      message: expect.stringContaining('answers HTTP 422: Unable to validate request parameter(s)'),
    });
  });
});
