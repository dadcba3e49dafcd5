import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.js';
import { deliveryHoldMs, retryDelayMs } from './backoff.js';
import {
  canMoveJob,
  isTerminal,
  JOB_MOVES,
  JOB_STATUSES,
  type JobMove,
  type JobStatus,
  OPEN_JOB_STATUSES,
} from './job-status.js';
import { parseSite } from './site.js';

describe('job status', () => {
  const allowed: Record<JobMove, string> = {
    start: 'held > queued',
    cancel: 'held queued planning running paused > cancelling',
    pause: 'running > paused',
    resume: 'paused > running',
    retry: 'completed_with_errors failed > planning',
    retrySites: 'completed completed_with_errors failed > planning',
    plan: 'queued > planning',
    run: 'planning > running',
    complete: 'running paused > completed',
    completeWithErrors: 'running paused > completed_with_errors',
    fail: 'planning running paused > failed',
    endCancelling: 'cancelling > cancelled',
  };

  it.each(Object.entries(allowed))('%s: %s, and from nowhere else', (name, moves) => {
    const move = name as JobMove;
    const from = JOB_STATUSES.filter((status) => canMoveJob(status, move));
    expect(`${from.join(' ')} > ${JOB_MOVES[move].to}`).toBe(moves);
  });

  it('knows no other move', () => expect(Object.keys(JOB_MOVES)).toEqual(Object.keys(allowed)));

  it('ends in four states, every other one is open', () => {
    const terminal: JobStatus[] = ['completed', 'completed_with_errors', 'failed', 'cancelled'];
    expect(JOB_STATUSES.filter(isTerminal)).toEqual(terminal);
    expect(OPEN_JOB_STATUSES).toEqual(JOB_STATUSES.filter((status) => !isTerminal(status)));
  });
});

describe('parseSite', () => {
  it.each([
    ['https://a.example/', 'a.example', 'https://a.example/'],
    ['b.example', 'b.example', 'b.example/'],
    ['b.example:8080/x', 'b.example:8080', 'b.example:8080/x'],
    ['HTTP://A.Example:80/x#y', 'a.example', 'http://a.example/x'],
    ['https://a.example.:443', 'a.example', 'https://a.example./'],
    [' https://bücher.example/ ', 'xn--bcher-kva.example', 'https://xn--bcher-kva.example/'],
    ['http://[::1]:8080/', '[::1]:8080', 'http://[::1]:8080/'],
    ['http://0x7f.1/', '127.0.0.1', 'http://127.0.0.1/'],
  ])('%s is site %s', (input, host, url) => expect(parseSite(input)).toEqual({ host, url }));

  it.each([
    ['', 'empty'],
    ['ftp://a.example/', 'http or https'],
    ['javascript:alert(1)', 'http or https'],
    ['mailto:a@b.example', 'http or https'],
    ['http://', 'valid URL'],
    ['http://a b.example/', 'valid URL'],
    ['https://user:secret@a.example/', 'user name'],
    [`https://a.example/${'x'.repeat(2100)}`, 'longer'],
  ])('refuses %s', (input, reason) => expect(() => parseSite(input)).toThrow(reason));
});

describe('parseAddress', () => {
  it.each([
    ['Info@Example-Org.DE', 'Info@example-org.de', 'info@example-org.de'],
    ['jörg@bücher.de', 'jörg@bücher.de', 'jörg@xn--bcher-kva.de'],
    ["o'neil+x@a-site.org.", "o'neil+x@a-site.org", "o'neil+x@a-site.org"],
    ['"a b"@a-site.org', '"a b"@a-site.org', '"a b"@a-site.org'],
  ])('%s', (text, address, normalised) => expect(parseAddress(text)).toMatchObject({ address, normalised }));

  it.each([
    '',
    '@a.org',
    'a@',
    'a@b',
    'a..b@c.org',
    '.a@c.org',
    'a@-b.org',
    'a@b-.org',
    `${'x'.repeat(65)}@c.org`,
    'a b@c.org',
  ])('refuses %s', (text) => expect(parseAddress(text)).toBeNull());

  it('gives the same key to what normalises alike', () => {
    expect(parseAddress('A@B-site.org')?.hash).toEqual(parseAddress('a@b-site.ORG')?.hash);
  });
});

describe('backoff', () => {
  it('doubles up to its limit', () => {
    expect([1, 2, 3, 10].map((failures) => retryDelayMs(failures, 60_000, () => 1))).toEqual([
      1000, 2000, 4000, 60_000,
    ]);
    expect([1, 2, 6].map(deliveryHoldMs)).toEqual([2000, 4000, 30_000]);
  });
});
