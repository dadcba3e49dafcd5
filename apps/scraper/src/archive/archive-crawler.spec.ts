import { gzipSync } from 'node:zlib';
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

const EMPTY_PAGES: PlantedCapture[] = Array.from({ length: 8 }, (_, number) => ({
  url: `https://mill.example/${number}`,
  html: page(''),
}));

describe('ArchiveCrawler', () => {
  it('finds addresses with the date of the capture and the name of the collection', async () => {
    const contact = 'https://mill.example/kontakt';
    const result = await crawlArchive({
      crawls: ['CC-MAIN-2026-43', 'CC-MAIN-2026-38'],
      captures: [
        HOME,
        { url: contact, html: page('<a href="mailto:sales@acme-mill.de">'), timestamp: '20261005081530' },
        { url: 'https://mill.example/old', html: page('old@acme-mill.de'), crawl: 'CC-MAIN-2026-38' },
      ],
    });
    expect(result).toMatchObject({ host: 'mill.example', outcome: 'found', robots: 'archived', pages: 2, errors: [] });
    expect(addressesOf(result)).toEqual(['info@acme-mill.de', 'sales@acme-mill.de']);
    // Two records are read at a time: either may be the first.
    const sales = result.emails.find(({ address }) => address.normalised === 'sales@acme-mill.de');
    expect(sales?.sightings).toEqual([
      {
        url: contact,
        method: 'mailto',
        snippet: expect.any(String) as string,
        seenAt: Date.UTC(2026, 9, 5, 8, 15, 30),
        httpStatus: 200,
        robots: 'archived',
        noindex: false,
        noHarvest: false,
        via: 'contact: "kontakt" in path',
        origin: { type: 'commoncrawl', crawl: 'CC-MAIN-2026-43', capturedAt: '2026-10-05T08:15:30Z' },
      },
    ]);
  });

  it('asks the index only in turns of at least a second, and the files by range without a turn', async () => {
    const { archive, hooks, crawl: run } = await setUpArchive({ captures: [HOME], linesPerPage: 1 });
    await run();
    const { index, data } = archive;
    expect(index.requests.map(({ path }) => path.split('?')[0])).toEqual([
      '/collinfo.json',
      '/CC-MAIN-2026-43-index',
      '/CC-MAIN-2026-43-index',
    ]);
    expect(hooks.turns.map(({ host, delayMs }) => [host, delayMs >= 1000])).toEqual(Array(3).fill([index.host, true]));
    for (const [number, at] of archive.indexTimes.entries()) {
      const { from = 0, to = 0 } = hooks.turns[number] ?? {};
      expect(at).toBeGreaterThanOrEqual(from);
      expect(at).toBeLessThanOrEqual(to);
    }
    expect(data.requests).toHaveLength(1);
    expect(data.requests[0]?.headers).toMatchObject({
      range: expect.stringMatching(/^bytes=\d+-\d+$/) as string,
      'accept-encoding': 'identity',
    });
    expect(hooks.pagesBegun).toEqual([HOME.url]);
  });

  it('asks for the list of collections once an hour', async () => {
    const { archive, crawl: run } = await setUpArchive({ captures: [HOME] });
    await run();
    await run();
    expect(archive.index.pagesAsked.filter((path) => path === '/collinfo.json')).toHaveLength(1);
  });

  it('reads the collection that the job names, and says so when there is none of that name', async () => {
    const crawls = ['CC-MAIN-2026-43', 'CC-MAIN-2026-38'];
    const old: PlantedCapture = { url: 'https://mill.example/', html: page('a@mill.org'), crawl: 'CC-MAIN-2026-38' };
    const found = await crawlArchive({ crawls, captures: [HOME, old], policy: { crawl: 'CC-MAIN-2026-38' } });
    expect(addressesOf(found)).toEqual(['a@mill.org']);
    const missed = await crawlArchive({ crawls, captures: [HOME], policy: { crawl: 'CC-MAIN-1999-01' } });
    expect(missed).toMatchObject({
      outcome: 'http_error',
      detail: 'the archive has no collection CC-MAIN-1999-01',
      pages: 0,
    });
  });

  it('comes to no_address where the archive has nothing of a domain', async () => {
    const other = { ...HOME, url: 'https://notmill.example/' };
    const expected = { outcome: 'no_address', detail: 'the archive has no page of it', robots: null, errors: [] };
    expect(await crawlArchive({ captures: [other] })).toMatchObject(expected);
    expect(await crawlArchive({ captures: [{ ...HOME, status: '404' }] })).toMatchObject(expected);
  });

  it('reads the newest capture of a page, likely contact pages first, as many as the job wants', async () => {
    const { hooks, crawl: run } = await setUpArchive({
      policy: { maxPagesPerSite: 3 },
      captures: [
        { url: 'https://aaa.mill.example/', html: page('') },
        { url: 'https://mill.example/blog/one', html: page('') },
        { url: 'https://mill.example/a', html: page('') },
        { url: 'http://www.mill.example/', html: page('old@acme-mill.de'), timestamp: '20261001000000' },
        { url: 'https://mill.example/', html: page(''), timestamp: '20261009000000' },
        { url: 'https://shop.mill.example/impressum', html: page('') },
      ],
    });
    const result = await run();
    expect(hooks.pagesBegun).toEqual([
      'https://shop.mill.example/impressum',
      'https://mill.example/',
      'https://aaa.mill.example/',
    ]);
    expect(result).toMatchObject({ outcome: 'budget', emails: [], pages: 3 });
  });

  it('reads several pages of the index', async () => {
    const captures = Array.from({ length: 12 }, (_, number) => ({
      url: `https://mill.example/${String(number).padStart(2, '0')}`,
      html: page(`p${number}@acme-mill.de`),
    }));
    const { archive, crawl: run } = await setUpArchive({ captures, linesPerPage: 2 });
    expect(addressesOf(await run())).toHaveLength(10);
    expect(archive.index.pagesAsked.filter((path) => /[?&]page=/.test(path))).toHaveLength(5);
  });

  it('keeps to the very host, with or without www, where the job does not want the whole domain', async () => {
    const result = await crawlArchive({
      policy: { sameSite: false },
      captures: [HOME, { url: 'https://shop.mill.example/', html: page('shop@acme-mill.de') }],
    });
    expect(addressesOf(result)).toEqual(['info@acme-mill.de']);
  });

  it('drops lines of the index that are no captures of the site', async () => {
    const line = {
      url: 'https://mill.example/contact',
      timestamp: '20261003120000',
      status: '200',
      mime: 'text/html',
      filename: 'crawl-data/CC-MAIN-2026-43/x.warc.gz',
      offset: '0',
      length: '100',
    };
    const hostile = [
      { url: 'https://victim.example/contact' },
      { url: 'ftp://mill.example/' },
      { filename: 'crawl-data/../../etc/x.warc.gz' },
      { filename: 'https://victim.example/x.warc.gz' },
      { filename: 'other/x.warc.gz' },
      { offset: '-1' },
      { offset: '1.5' },
      { length: '0' },
      { length: String(6 * 1024 * 1024) },
      { status: '301' },
      { mime: 'application/pdf' },
      { timestamp: '20269999999999' },
    ].map((wrong) => JSON.stringify({ ...line, ...wrong }));
    const garbage = ['', 'null', '{"url":', '[]', '\u0000', 'x'.repeat(100_000), ...hostile];
    const { archive, crawl: run } = await setUpArchive({ captures: [HOME], garbage });
    expect(await run()).toMatchObject({ outcome: 'found', pages: 1, errors: [] });
    expect(archive.data.requests).toHaveLength(1);
  });

  it('uses a page of the index that never ends as far as 4 MiB', async () => {
    const filler = JSON.stringify({ filler: 'x'.repeat(1000) });
    const { archive, crawl: run } = await setUpArchive({ captures: [HOME], garbage: Array(6000).fill(filler) });
    const result = await run();
    expect(result).toMatchObject({ outcome: 'found', errors: [] });
    const length = Number(archive.data.requests[0]?.headers.range?.split('-')[1]);
    expect(result.bytes).toBeGreaterThan(4 * 1024 * 1024);
    expect(result.bytes).toBeLessThanOrEqual(4 * 1024 * 1024 + length);
  });

  it('reads pages in their charset, encoded as they may be, and cut where the archive has cut them', async () => {
    const result = await crawlArchive({
      captures: [
        {
          url: 'https://mill.example/1',
          html: Buffer.from(page('<b>Ma\xb3y</b> a@acme-mill.de'), 'latin1'),
          headers: { 'Content-Type': 'text/html; charset=iso-8859-2', 'X-Robots-Tag': 'noindex' },
        },
        {
          url: 'https://mill.example/2',
          html: gzipSync(page('b@acme-mill.de')),
          headers: { 'Content-Encoding': 'gzip' },
        },
        { url: 'https://mill.example/3', html: page('c@acme-mill.de'), headers: { 'Content-Encoding': 'gzip' } },
        {
          url: 'https://mill.example/4',
          html: page('d@acme-mill.de and then half@acme-mi'),
          recordHeaders: { 'WARC-Truncated': 'length' },
        },
      ],
    });
    expect(addressesOf(result)).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}@acme-mill.de`));
    const [sighting] = result.emails.find(({ address }) => address.normalised.startsWith('a@'))?.sightings ?? [];
    expect(sighting).toMatchObject({ noindex: true, snippet: expect.stringContaining('Mały') as string });
    expect(result.errors).toMatchObject([{ code: 'too_large', url: 'https://mill.example/4' }]);
  });

  it('begins no page beyond the bytes of the job', async () => {
    expect(await crawlArchive({ captures: EMPTY_PAGES })).toMatchObject({
      outcome: 'no_address',
      detail: null,
      pages: 8,
    });
    expect(await crawlArchive({ captures: EMPTY_PAGES, policy: { maxBytesPerSite: 1 } })).toMatchObject({
      outcome: 'budget',
      detail: expect.stringContaining('budget of bytes') as string,
      pages: 2,
    });
  });

  it('reads two records at a time', async () => {
    const controller = new AbortController();
    const dataFaults = [{ status: 0 }, { status: 0 }];
    const given = { captures: EMPTY_PAGES, dataFaults, signal: controller.signal };
    const { archive, hooks, crawl: run } = await setUpArchive(given);
    const pending = run().catch((reason: unknown) => reason);
    await waitFor(() => archive.data.requests.length >= 2);
    expect(hooks.pagesBegun).toHaveLength(2);
    controller.abort();
    await pending;
  });
});
