import { describe, expect, it } from 'vitest';
import { makeEmail, makeJobAnswer, makeProgress, makeSite, makeSource } from '../../../../test/support/fake-gateway.js';
import { renderCsv } from './csv.js';
import { renderEmails, renderEvidence } from './email-table.js';
import { describeJob } from './job-summary.js';
import { printable } from './printable.js';
import { describeProgress, drawBar, formatSeconds } from './progress-view.js';
import { renderTable } from './table.js';
import { renderWhyZero, sumOutcomes } from './why-zero.js';

const SEARCH = { type: 'search', provider: 'serper', query: 'dentist Köln', page: 0, rank: 4 } as const;
const ARCHIVE = { type: 'commoncrawl', crawl: 'CC-MAIN-2026-43', capturedAt: '2026-10-20T01:02:03Z' } as const;

describe('printable', () => {
  it('takes away what could steer a terminal or reverse a line', () => {
    expect(printable('a\u001b[31mred\u0007\r\nb\u202Ec\u0085')).toBe('a [31mred b c');
  });
});

describe('renderTable', () => {
  const columns = [{ title: 'NAME' }, { title: 'N', align: 'right' as const }, { title: 'PAGE' }];
  const rows = [['a', '1', `https://a.example/${'long/'.repeat(30)}`]];

  it('never cuts anything that goes to a file', () => {
    expect(renderTable(columns, rows, undefined)).toContain('long/'.repeat(30));
  });

  it.each([
    ['a URL', 'long/'.repeat(30)],
    ['a text', 'many words '.repeat(15)],
  ])('fits a terminal by wrapping %s, losing nothing', (_, long) => {
    const lines = renderTable(columns, [['a', '1', long]], 60).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(
      lines
        .slice(1)
        .join('')
        .replaceAll(/^a +1| /g, ''),
    ).toBe(long.replaceAll(' ', ''));
  });

  it('shows records where columns have no room', () => {
    expect(renderTable(columns, [['a', '1', 'https://a.example']], 20)).toBe('a\n  N: 1\n  PAGE: https://a.example');
  });
});

describe('renderEmails', () => {
  it('shows the page that the method belongs to', () => {
    const sources = [makeSource({ method: 'text', url: 'https://a.example/text' }), makeSource()];
    expect(renderEmails([makeEmail({ sources })], undefined)).toContain('https://a.example/contact');
  });
});

describe('renderEvidence', () => {
  it('shows every page and says where robots.txt was ignored', () => {
    const sources = [makeSource(), makeSource({ method: 'text', robots: 'ignored', snippet: 'a\n  b' })];
    const lines = renderEvidence([makeEmail({ sources })], undefined).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[3]).toContain('(seed, robots.txt ignored)');
    expect(lines[4]).toContain('“a b”');
  });

  it('says what the page asks for, and what was made of the address', () => {
    const sources = [makeSource({ noindex: true, noHarvest: true })];
    const email = makeEmail({ sources, verdict: 'risky', disposable: true, flags: ['honeypot'] });
    const [head, place] = renderEvidence([email], undefined).split('\n');
    expect(head).toBe('info@a.example  (role, risky, disposable, 0.98, not counted: honeypot)');
    expect(place).toContain('(seed, noindex, forbids the use for advertising)');
  });

  it('says which search, or which copy of the archive, led to a page', () => {
    const sources = [makeSource({ origin: SEARCH }), makeSource({ origin: ARCHIVE })];
    const evidence = renderEvidence([makeEmail({ sources })], undefined);
    expect(evidence).toContain('(seed, found by serper for “dentist Köln”, rank 4)');
    expect(evidence).toContain('(seed, archived on 2026-10-20, CC-MAIN-2026-43)');
  });

  it('names the job that had found a known address', () => {
    const known = makeEmail({ flags: ['known'], firstFoundIn: 'job-1' });
    expect(renderEvidence([known], undefined)).toContain('not counted: known, by job job-1)');
  });
});

describe('the words around an address', () => {
  const snippetAt = (before: string, after: string, width: number): string => {
    const sources = [makeSource({ snippet: `${before}info@a.example${after}` })];
    return renderEvidence([makeEmail({ sources })], width).split('\n')[2] ?? '';
  };

  it.each([
    ['', 'x'.repeat(99)],
    ['x'.repeat(99), ''],
    ['x'.repeat(99), 'y'.repeat(99)],
  ])('fit the terminal and keep the address', (before, after) => {
    const line = snippetAt(before, after, 60);
    expect(line.length).toBeLessThanOrEqual(60);
    expect(line).toContain('info@a.example');
  });
});

describe('renderCsv', () => {
  it('lets no cell be a formula', () => {
    const email = makeEmail({ address: '=cmd|x@a.example', sources: [makeSource({ snippet: '@SUM(A1)', url: '+1' })] });
    const row = renderCsv([email]).split('\n')[1] ?? '';
    expect(row.startsWith("'=cmd|x@a.example,")).toBe(true);
    expect(row).toContain(",'+1,'@SUM(A1),");
  });

  it('says what is known of the domain, and what stands against the address', () => {
    const email = makeEmail({ flags: ['placeholder', 'honeypot'], sources: [makeSource({ noHarvest: true })] });
    const [head, row] = renderCsv([email]).split('\n');
    expect(head).toContain(',mx,disposable,flags,no_harvest');
    expect(row).toContain(',true,false,placeholder honeypot,true,,,,');
  });

  it('says which search, or which copy of the archive, led to the page', () => {
    const sources = [makeSource({ origin: SEARCH }), makeSource({ origin: ARCHIVE })];
    const [head, searched, archived] = renderCsv([makeEmail({ sources })], { evidence: true }).split('\n');
    expect(head).toMatch(/,found_by,query,rank,captured_at$/);
    expect(searched).toMatch(/,serper,dentist Köln,4,$/);
    expect(archived).toMatch(/,CC-MAIN-2026-43,,,2026-10-20T01:02:03Z$/);
  });

  it('has one row per page with evidence, one per address without', () => {
    const emails = [makeEmail({ sources: [makeSource(), makeSource({ url: 'https://a.example/2' })] })];
    expect(renderCsv(emails).trim().split('\n')).toHaveLength(2);
    expect(renderCsv(emails, { evidence: true }).trim().split('\n')).toHaveLength(3);
  });
});

describe('why zero', () => {
  const sites = [makeSite(), makeSite({ host: 'b.example', outcome: 'unreachable', detail: 'connection refused' })];

  it('names every site without addresses, with the detail of the server or words of its own', () => {
    const table = renderWhyZero([...sites, makeSite({ host: 'c.example', outcome: 'js_only' })], undefined);
    expect(table).not.toContain('a.example');
    expect(table).toMatch(/b\.example .*connection refused/);
    expect(table).toMatch(/c\.example .*without running its scripts/);
  });

  it('adds up, and says so where it does not', () => {
    expect(sumOutcomes(sites, 2)).toBe('2 sites planned = 1 found + 1 unreachable');
    expect(sumOutcomes([], 0)).toBe('0 sites planned');
    expect(sumOutcomes(sites, 3)).toBe('3 sites planned = 1 found + 1 unreachable + 1 without an outcome');
  });
});

describe('the summary of a job', () => {
  it('is one line for a list of sites', () => {
    expect(describeJob(makeJobAnswer())).toBe('completed: 1 e-mail, 4 pages, 2.5 s');
  });

  it('says what was searched for, of whom, at what price', () => {
    const queries = ['a', 'b', 'c\u0007', 'd'];
    const job = makeJobAnswer({
      target: 5,
      source: { type: 'search', providers: ['serper', 'brave'], queries, queriesTotal: 30 },
      usage: [
        { provider: 'serper', requests: 1, results: 0, skipped: 0 },
        { provider: 'brave', requests: 7, results: 140, skipped: 12 },
      ],
    });
    expect(describeJob(job).split('\n')).toEqual([
      'search by serper, then brave: “a”, “b”, “c” and 27 more',
      'serper: 1 request, 0 results, 0 skipped',
      'brave: 7 requests, 140 results, 12 skipped',
      'completed: 1 e-mail of 5 wanted, 4 pages, 2.5 s',
    ]);
  });

  it.each([
    [{ type: 'sitemap', url: 'https://a.example/sitemap.xml' }, 'sitemap: https://a.example/sitemap.xml'],
    [{ type: 'commoncrawl' }, 'read from Common Crawl, its newest crawl'],
    [{ type: 'commoncrawl', crawl: 'CC-MAIN-2026-43' }, 'read from Common Crawl, CC-MAIN-2026-43'],
  ])('names the source %o', (source, line) => {
    expect(describeJob(makeJobAnswer({ source })).split('\n')[0]).toBe(line);
  });
});

describe('progress', () => {
  const progress = makeProgress({
    percent: 40,
    emails: 12,
    pages: 90,
    sites: 3,
    sitesTotal: 8,
    emailsPerSecond: 3.14,
    etaSeconds: 75,
  });

  it('has percent, addresses, pages, rate and time left', () => {
    expect(describeProgress(progress, 'sites')).toBe('40%, 12 e-mails, 90 pages, 3/8 sites, 3.1/s, ETA 1 min 15 s');
  });

  it('shows no share of sites that are still being found', () => {
    expect(describeProgress(progress, 'search')).toContain(', 8 sites found, 3 done,');
    expect(describeProgress(makeProgress({ sitesTotal: 0 }), 'sitemap')).toContain(', looking for sites,');
    expect(describeProgress(makeProgress({ percent: 100, sitesTotal: 0 }), 'search')).toContain(
      '0 sites found, 0 done',
    );
  });

  it.each([120, 80, 40, 20, 6])('never gets wider than a terminal of %i columns', (width) => {
    expect(drawBar(progress, width, 'search').length).toBeLessThan(width + 1);
    expect(drawBar(progress, width, 'search')).toContain('40%');
  });

  it('does not guess at a time that nobody knows', () => {
    expect([null, 0, 59, 60, 3700].map(formatSeconds)).toEqual(['–', '0 s', '59 s', '1 min 0 s', '1 h 1 min']);
  });
});
