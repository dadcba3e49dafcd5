import { Resolver } from 'node:dns/promises';
import { Logger } from '@nestjs/common';
import { register } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DnsEntry, type DnsRecords, type DnsServer, startDnsServer } from '../../../../test/support/dns-server.js';
import { MailDomains, type MailDomainsOptions } from './mail-domains.js';

const TIMEOUT_MS = 100;
const PUBLIC = '8.8.8.8';

describe('MailDomains', () => {
  let dns: DnsServer;
  let mail: MailDomains;
  const start = async (zone: Record<string, DnsEntry>, options: MailDomainsOptions = {}): Promise<MailDomains> => {
    dns = await startDnsServer(zone);
    mail = new MailDomains({ dnsServers: [dns.address], timeoutMs: TIMEOUT_MS, ...options });
    return mail;
  };
  const mx = (...exchanges: string[]): DnsRecords => ({
    MX: exchanges.map((exchange, index) => ({ priority: 10 * index, exchange })),
  });

  afterEach(async () => {
    mail.close();
    await dns.close();
    vi.restoreAllMocks();
  });

  it.each<[string, string, Record<string, DnsEntry>]>([
    ['mx', 'a mail server', { 'a.org': mx('mx.a.org'), 'mx.a.org': { A: [PUBLIC] } }],
    ['mx', 'a mail server with IPv6 alone', { 'a.org': mx('mx.a.org'), 'mx.a.org': { AAAA: ['2a00:1450::1'] } }],
    [
      'mx',
      'a second mail server that can be reached',
      { 'a.org': mx('gone.a.org', 'mx.b.org'), 'mx.b.org': { A: [PUBLIC] } },
    ],
    ['implicit', 'an address of its own, but no MX (RFC 5321)', { 'a.org': { A: [PUBLIC] } }],
    ['implicit', 'the same with IPv6', { 'a.org': { AAAA: ['2a00:1450::1'] } }],
    ['none', 'no such name', {}],
    ['none', 'neither MX nor address', { 'a.org': {} }],
    ['none', 'a null MX (RFC 7505), whatever addresses it has', { 'a.org': { ...mx('.'), A: [PUBLIC] } }],
    ['none', 'a mail server that does not exist', { 'a.org': mx('mx.a.org') }],
    ['none', 'a mail server without address', { 'a.org': mx('mx.a.org'), 'mx.a.org': {} }],
    ['none', 'localhost for a mail server', { 'a.org': mx('localhost'), localhost: { A: ['127.0.0.1'] } }],
    [
      'unknown',
      'a mail server in a private network, which says nothing about the rest of the world',
      { 'a.org': mx('mx.a.org'), 'mx.a.org': { A: ['10.0.0.1'], AAAA: ['fd00::1'] } },
    ],
    ['unknown', 'a filter that blocks the mail server', { 'a.org': mx('mx.a.org'), 'mx.a.org': { A: ['0.0.0.0'] } }],
    ['unknown', 'a private address and no MX', { 'a.org': { A: ['192.168.1.1'] } }],
    ['unknown', 'a failing name server', { 'a.org': { failure: 'SERVFAIL' } }],
    ['unknown', 'a name server that refuses', { 'a.org': { failure: 'REFUSED' } }],
    ['unknown', 'a silent name server', { 'a.org': { fault: 'silent' } }],
    ['unknown', 'answers to other questions', { 'a.org': { fault: 'wrong-id' } }],
    ['unknown', 'garbage for an answer', { 'a.org': { fault: 'garbage' } }],
    ['unknown', 'an answer too long for UDP, and no TCP', { 'a.org': { fault: 'truncated' } }],
    [
      'unknown',
      'a mail server whose name cannot be asked for',
      { 'a.org': mx('mx.a.org'), 'mx.a.org': { failure: 'SERVFAIL' } },
    ],
  ])('is "%s" for %s', async (service, _, zone) => {
    await start(zone);
    expect(await mail.lookUp('a.org')).toBe(service);
  });

  it('counts an address that the operator opened as reachable', async () => {
    await start({ 'a.org': mx('mx.a.org'), 'mx.a.org': { A: ['127.0.0.9'] } }, { egressAllow: ['127.0.0.0/8'] });
    expect(await mail.lookUp('a.org')).toBe('mx');
  });

  it('never takes this machine for a mail server', async () => {
    const zone = { 'a.org': mx('localhost'), localhost: { A: ['127.0.0.1'] } };
    await start(zone, { egressAllow: ['127.0.0.0/8'] });
    expect(await mail.lookUp('a.org')).toBe('none');
  });

  it('asks the most preferred servers first, and of a long list only those', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `mx${index}.a.org`);
    await start({ 'a.org': { MX: names.map((exchange, index) => ({ priority: 50 - index, exchange })) } });
    expect(await mail.lookUp('a.org')).toBe('unknown');
    expect(dns.queries).toEqual(['MX a.org', ...[49, 48, 47, 46, 45].map((no) => `A mx${no}.a.org`)]);
  });

  it('asks once for a domain, also for those who ask meanwhile', async () => {
    await start({ 'a.org': mx('mx.a.org'), 'mx.a.org': { A: [PUBLIC] } });
    await Promise.all([mail.lookUp('a.org'), mail.lookUp('a.org')]);
    await mail.lookUp('a.org');
    expect(dns.queries).toEqual(['MX a.org', 'A mx.a.org']);
  });

  it('forgets a failure soon, and what it knows late', async () => {
    let skippedMs = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + skippedMs);
    await start({ 'a.org': { failure: 'SERVFAIL' } });
    const lookUpAfter = async (seconds: number): Promise<{ service: string; asked: boolean }> => {
      skippedMs += seconds * 1000;
      const before = dns.queries.length;
      const service = await mail.lookUp('a.org');
      return { service, asked: dns.queries.length > before };
    };
    expect(await lookUpAfter(0)).toEqual({ service: 'unknown', asked: true });
    dns.set('a.org', { failure: 'NXDOMAIN' });
    expect(await lookUpAfter(25)).toEqual({ service: 'unknown', asked: false });
    expect(await lookUpAfter(10)).toEqual({ service: 'none', asked: true });
    expect(await lookUpAfter(500)).toEqual({ service: 'none', asked: false });
    expect(await lookUpAfter(200)).toEqual({ service: 'none', asked: true });
  });

  it('leaves the servers of the internet alone with names that they cannot know', async () => {
    await start({});
    const names = ['acme.test', 'acme.example', 'acme.invalid', 'mail.localhost', 'nas.local', 'x.internal'];
    const unconfigured = new MailDomains();
    expect(await Promise.all(names.map((name) => unconfigured.lookUp(name)))).toEqual(names.map(() => 'none'));
  });

  it('concludes nothing from a mail server with a name of a private network', async () => {
    await start({});
    vi.spyOn(Resolver.prototype, 'resolveMx').mockResolvedValue([{ priority: 10, exchange: 'mail.acme.internal' }]);
    expect(await new MailDomains().lookUp('a.org')).toBe('unknown');
  });

  it('asks the servers that the operator named for such names, too', async () => {
    await start({ 'acme.test': mx('mx.acme.test'), 'mx.acme.test': { A: [PUBLIC] } });
    expect(await mail.lookUp('acme.test')).toBe('mx');
  });

  it('warns once when the DNS does not answer, and counts what it could not find out', async () => {
    await start({ '*.org': { failure: 'SERVFAIL' } });
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const counted = async (): Promise<number> => {
      const metric = await register.getSingleMetric('gleaner_mail_domain_lookups_total')!.get();
      return metric.values.find(({ labels }) => labels.result === 'unknown')?.value ?? 0;
    };
    const before = await counted();
    await Promise.all(Array.from({ length: 20 }, (_, index) => mail.lookUp(`d${index}.org`)));
    expect(await counted()).toBe(before + 20);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith('the DNS does not answer: verdicts stay unknown', {
      code: 'ESERVFAIL',
      inRow: 5,
    });
  });

  it('does not blame the DNS for one broken domain among others', async () => {
    await start({ 'broken.org': { failure: 'SERVFAIL' } });
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    for (let no = 0; no < 10; no++) {
      await mail.lookUp(`${no}.broken.org`);
      await mail.lookUp(`${no}.org`);
    }
    expect(warn).not.toHaveBeenCalled();
  });
});
