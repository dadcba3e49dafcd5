import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DnsServer, startDnsServer } from '../../../../test/support/dns-server.js';
import { makeEmail, makeSiteResult } from '../../../../test/support/make-job.js';
import { MailDomains } from './mail-domains.js';
import { SiteVerifier } from './site-verifier.js';

const NEVER = new AbortController().signal;

describe('SiteVerifier', () => {
  let dns: DnsServer;
  let verifier: SiteVerifier;
  const start = ({ budgetMs = 10_000, asks = true } = {}): void => {
    const mailDomains = asks ? new MailDomains({ dnsServers: [dns.address], timeoutMs: 100 }) : null;
    verifier = new SiteVerifier({ mailDomains, budgetMs });
  };
  const verify = async (addresses: string[], options: { mx?: boolean; signal?: AbortSignal } = {}) => {
    const site = makeSiteResult(
      'a.org',
      addresses.map((address) => makeEmail(address)),
    );
    const { emails } = await verifier.verifySite(site, { mx: true, signal: NEVER, ...options });
    return emails.map(({ verification }) => verification);
  };

  beforeEach(async () => {
    dns = await startDnsServer({
      'a.org': { MX: [{ priority: 10, exchange: 'mx.a.org' }] },
      'mx.a.org': { A: ['8.8.8.8'] },
      'mailinator.com': { MX: [{ priority: 10, exchange: 'mx.a.org' }] },
      'xn--mhle-0ra.org': { A: ['8.8.8.8'] },
      'broken.org': { failure: 'SERVFAIL' },
      'silent.org': { fault: 'silent' },
    });
  });
  afterEach(async () => {
    verifier.close();
    await dns.close();
  });

  it('gives every address its verdict', async () => {
    start();
    const addresses = ['x@a.org', 'y@mailinator.com', 'z@gone.org', 'w@broken.org', 'v@mühle.org'];
    expect(await verify(addresses)).toEqual([
      { verdict: 'valid', mx: true, disposable: false },
      { verdict: 'risky', mx: true, disposable: true },
      { verdict: 'invalid', mx: false, disposable: false },
      { verdict: 'unknown', mx: null, disposable: false },
      { verdict: 'valid', mx: true, disposable: false },
    ]);
  });

  it('asks once for the domain of many addresses', async () => {
    start();
    await verify(['x@a.org', 'y@a.org', 'z@a.org']);
    expect(dns.queries).toEqual(['MX a.org', 'A mx.a.org']);
  });

  it('does not flood the name server of a domain with names that a page made up', async () => {
    start();
    await verify(Array.from({ length: 1000 }, (_, index) => `x@r${index}.a.org`));
    expect(dns.queries).toHaveLength(10);
  });

  it('asks for so many domains of one site only', async () => {
    start();
    await verify(Array.from({ length: 1000 }, (_, index) => `x@made-up-${index}.org`));
    expect(dns.queries).toHaveLength(200);
  });

  it('asks nothing for addresses that do not count', async () => {
    start();
    const site = makeSiteResult('a.org', [makeEmail('trap@a.org', { flags: ['honeypot'] })]);
    await verifier.verifySite(site, { mx: true, signal: NEVER });
    expect(dns.queries).toEqual([]);
  });

  it.each([
    ['the job', { asks: true, mx: false }],
    ['the operator', { asks: false, mx: true }],
  ])('asks nobody where %s does not want it; the lists still count', async (_, { asks, mx }) => {
    start({ asks });
    expect(await verify(['x@a.org', 'y@mailinator.com'], { mx })).toEqual([
      { verdict: 'unknown', mx: null, disposable: false },
      { verdict: 'risky', mx: null, disposable: true },
    ]);
    expect(dns.queries).toEqual([]);
  });

  it('leaves unknown what the budget does not reach, and asks no further', async () => {
    start({ budgetMs: 50 });
    const silent = Array.from({ length: 500 }, (_, index) => `x@${index}.silent.org`);
    dns.set('*.silent.org', { fault: 'silent' });
    const verdicts = await verify(['x@a.org', ...silent]);
    expect(verdicts[0]?.verdict).toBe('valid');
    expect(verdicts.slice(1).every((verification) => verification?.verdict === 'unknown')).toBe(true);
    expect(new Set(dns.queries).size).toBeLessThan(20);
  });

  it('ends with the reason of its signal', async () => {
    start();
    const controller = new AbortController();
    const verdicts = verify(['x@silent.org'], { signal: controller.signal });
    controller.abort(new Error('chunk stopped'));
    await expect(verdicts).rejects.toThrow('chunk stopped');
  });
});
