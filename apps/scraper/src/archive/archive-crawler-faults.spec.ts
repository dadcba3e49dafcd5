import { describe, expect, it } from 'vitest';
import {
  HOME,
  addressesOf,
  crawlArchive,
  page,
  setUpArchive,
} from '../../../../test/support/common-crawl/archive-case.js';
import type { PlantedCapture } from '../../../../test/support/common-crawl/planted-archive.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { SitePostponed } from '../hosts/site-postponed.js';

describe('ArchiveCrawler and an archive in trouble', () => {
  it.each<[NonNullable<PlantedCapture['fault']>, string, RegExp]>([
    ['truncated member', 'parse', /not valid gzip \(Z_BUF_ERROR\)/],
    ['corrupt gzip', 'parse', /not valid gzip \(Z_DATA_ERROR\)/],
    ['bomb', 'too_large', /unpacks to more than \d+ bytes/],
    ['truncated record', 'parse', /truncated: \d+ of \d+ bytes/],
    ['other url', 'parse', /of another URL: https:\/\/other\.example\//],
    ['no response', 'parse', /of type "metadata"/],
    ['not http', 'parse', /no HTTP answer with status 200/],
    ['ignores range', 'parse', /HTTP 200 in place of a part/],
    ['wrong range', 'parse', /another part than was asked for: "bytes 0-/],
    ['short part', 'connection', /ended after \d+ of \d+ bytes/],
    ['long part', 'too_large', /longer than the \d+ bytes asked for/],
    ['encoded part', 'parse', /the part is encoded as gzip/],
    ['endless', 'too_large', /longer than the \d+ bytes asked for/],
    ['missing', 'http_4xx', /HTTP 404/],
    ['hangs up', 'connection', /ECONNRESET/],
  ])('refuses a record with the fault "%s" and reads the others', async (fault, code, message) => {
    const bad = { url: 'https://mill.example/contact', html: page('bad@acme-mill.de'), fault };
    const result = await crawlArchive({ captures: [bad, HOME] });
    expect(addressesOf(result)).toEqual(['info@acme-mill.de']);
    expect(result).toMatchObject({ outcome: 'found', pages: 1 });
    expect(result.errors).toEqual([
      { code, url: bad.url, message: expect.stringMatching(message) as string, at: expect.any(Number) as number },
    ]);
  });

  it('names what befell the records where none could be read', async () => {
    const result = await crawlArchive({ captures: [{ ...HOME, fault: 'corrupt gzip' }] });
    expect(result).toMatchObject({ outcome: 'http_error', robots: null, pages: 0 });
    expect(result.detail).toContain('not valid gzip');
  });

  it.each([
    ['with a time', { 'retry-after': '7' }, 7000],
    ['without a time', {}, 10_000],
  ])('postpones the site when the index asks for patience %s', async (_case, headers, waitMs) => {
    const indexFaults = [{ status: 503, headers, body: 'slow down' }];
    const { archive, hooks, crawl: run } = await setUpArchive({ captures: [HOME], indexFaults });
    const error = await run().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SitePostponed);
    expect(error).toMatchObject({ waitMs, isAsked: true, message: `${archive.index.host} answers HTTP 503` });
    expect(hooks.pauses).toEqual([{ host: archive.index.host, waitMs }]);
    expect(await run()).toMatchObject({ outcome: 'found' });
  });

  it('bears five postponements, then the answer is the outcome', async () => {
    const indexFaults = [{ status: 429 }];
    const task = { postponements: 5 };
    expect(await crawlArchive({ captures: [HOME], indexFaults, task })).toMatchObject({
      outcome: 'http_error',
      detail: expect.stringContaining('HTTP 429') as string,
      errors: [{ code: 'http_4xx' }],
    });
  });

  it('postpones the site when the files may not be read now, unless an address was found before', async () => {
    const slow = { status: 503, headers: { 'retry-after': '3' } };
    const first = await setUpArchive({ captures: [HOME], dataFaults: [slow] });
    await expect(first.crawl()).rejects.toMatchObject({ name: 'SitePostponed', waitMs: 3000, isAsked: true });
    expect(first.hooks.pauses).toEqual([{ host: first.archive.data.host, waitMs: 3000 }]);
    const captures = [HOME, { ...HOME, url: 'https://mill.example/contact' }];
    expect(await crawlArchive({ captures, dataFaults: [slow] })).toMatchObject({
      outcome: 'found',
      errors: [{ code: 'http_5xx' }],
    });
    const last = await setUpArchive({ captures: [HOME], dataFaults: [slow], task: { postponements: 5 } });
    expect(await last.crawl()).toMatchObject({ outcome: 'http_error', errors: [{ code: 'http_5xx' }] });
  });

  it('hands on that its turn takes too long', async () => {
    const postponed = new SitePostponed(500, 'the index is in use', false);
    const { crawl: run } = await setUpArchive({ hooks: { turn: () => Promise.reject(postponed) } });
    await expect(run()).rejects.toBe(postponed);
  });

  it('says that the archive cannot be reached', async () => {
    const { archive, crawl: run } = await setUpArchive({ captures: [HOME] });
    await archive.close();
    expect(await run()).toMatchObject({ outcome: 'unreachable', pages: 0, errors: [{ code: 'connection' }] });
  });

  it('takes an index that answers something else for what it is', async () => {
    const indexFaults = [{ status: 200, body: '<h1>Welcome' }];
    expect(await crawlArchive({ captures: [HOME], indexFaults })).toMatchObject({
      outcome: 'http_error',
      detail: expect.stringContaining('something else than was asked for') as string,
    });
  });

  it('comes to timeout where the index does not answer', async () => {
    const given = { captures: [HOME], indexFaults: [{ status: 0 }], timeoutMs: 100 };
    expect(await crawlArchive(given)).toMatchObject({ outcome: 'timeout', pages: 0, errors: [{ code: 'timeout' }] });
  });

  it.each([
    ['the index', { indexFaults: [{ status: 0 }] }],
    ['a record', { dataFaults: [{ status: 0 }, { status: 0 }] }],
  ])('throws the reason of the aborted signal while it waits for %s', async (_case, faults) => {
    const controller = new AbortController();
    const { archive, crawl: run } = await setUpArchive({ captures: [HOME], signal: controller.signal, ...faults });
    const pending = run().catch((reason: unknown) => reason);
    await waitFor(() => archive.isSilent);
    controller.abort(new Error('chunk over'));
    expect(await pending).toMatchObject({ message: 'chunk over' });
  });
});
