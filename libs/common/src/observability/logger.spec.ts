import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JsonLogger } from './json-logger.js';
import { withLogContext } from './log-context.js';
import { renderPretty } from './pretty-log.js';

describe('renderPretty', () => {
  it('renders the four lifecycle lines of the first system', () => {
    const base = { level: 'info', time: '2026-01-01T00:00:00.000Z', workerId: 'r1-3', jobId: 'j', chunkNo: 7 };
    const render = (facts: object): string => renderPretty(JSON.stringify({ ...base, ...facts }));
    expect(render({ message: 'chunk started', sites: 20, attempt: 1 })).toBe(
      '🚀 [r1-3] Starting job #j: 20 sites\n  [r1-3] Queue: chunk=7, sites=20, attempt=1\n',
    );
    expect(render({ message: 'chunk progress', emails: 10, emailsPerSecond: 5.2, pages: 2 })).toBe(
      '  ⚡ [r1-3] Progress: 10 emails (5.2 emails/sec, 2 pages)\n',
    );
    expect(render({ message: 'chunk finished', emails: 20, ms: 3850, emailsPerSecond: 5.2 })).toBe(
      '✓✓✓ [r1-3] Job chunk COMPLETED! 20 emails in 3.85 sec (5.2 emails/sec)\n',
    );
    expect(render({ message: 'broker is back', host: 'h' })).toBe(
      '00:00:00.000 INFO  broker is back workerId=r1-3 jobId=j chunkNo=7 host=h\n',
    );
  });
});

describe('JsonLogger', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  });
  afterEach(() => vi.restoreAllMocks());

  it('adds the facts of the async context and of the call, and renders errors', async () => {
    const logger = new JsonLogger({ service: 'scraper', level: 'info', format: 'pretty' });
    await withLogContext({ jobId: 'j1' }, async () =>
      withLogContext({ chunkNo: 2 }, async () =>
        logger.warn('claim failed', { tries: 3 }, new Error('boom'), 'Claims'),
      ),
    );
    logger.debug('not shown');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('claim failed jobId=j1 chunkNo=2 tries=3');
    expect(lines[0]).toContain('boom');
  });
});
