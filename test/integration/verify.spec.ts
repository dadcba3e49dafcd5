import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { type DnsServer, startDnsServer } from '../support/dns-server.js';
import { waitFor } from '../support/wait-for.js';

const HOST = '127.66.0.1';
const MX = { MX: [{ priority: 10, exchange: 'mx.gleaner-test.org' }] };
const VERDICTS: Record<string, { verdict: string; mx: boolean | null; disposable: boolean }> = {
  'info@mail.gleaner-test.org': { verdict: 'valid', mx: true, disposable: false },
  'info@web-only.gleaner-test.org': { verdict: 'valid', mx: true, disposable: false },
  'info@no-mail.gleaner-test.org': { verdict: 'invalid', mx: false, disposable: false },
  'info@private.gleaner-test.org': { verdict: 'unknown', mx: null, disposable: false },
  'info@gone.gleaner-test.org': { verdict: 'invalid', mx: false, disposable: false },
  'info@broken.gleaner-test.org': { verdict: 'unknown', mx: null, disposable: false },
  'anna@mailinator.com': { verdict: 'risky', mx: true, disposable: true },
};

interface Row {
  address: string;
  verdict: string;
  mx: boolean | null;
  disposable: boolean;
}

describe('verification of addresses', () => {
  let dns: DnsServer;
  let web: Server;
  let cluster: Cluster;

  beforeAll(async () => {
    dns = await startDnsServer({
      'mx.gleaner-test.org': { A: ['8.8.8.8'] },
      'mail.gleaner-test.org': MX,
      'web-only.gleaner-test.org': { A: ['8.8.8.8'] },
      'no-mail.gleaner-test.org': { MX: [{ priority: 0, exchange: '.' }], A: ['8.8.8.8'] },
      'private.gleaner-test.org': { MX: [{ priority: 0, exchange: 'intranet.gleaner-test.org' }] },
      'intranet.gleaner-test.org': { A: ['10.1.2.3'] },
      'broken.gleaner-test.org': { failure: 'SERVFAIL' },
      'mailinator.com': MX,
    });
    web = createServer((request, response) => {
      const page = Object.keys(VERDICTS).map((address) => `<p><a href="mailto:${address}">write</a></p>`);
      if (request.url === '/') response.setHeader('content-type', 'text/html').end(page.join('\n'));
      else response.writeHead(404).end();
    });
    web.listen(0, HOST);
    await once(web, 'listening');
    cluster = await Cluster.start('embedded', {
      env: { VERIFY_MX: 'true', DNS_SERVERS: dns.address, EGRESS_ALLOW: `${HOST}/32` },
    });
  });

  afterAll(async () => {
    await cluster?.stop();
    web.close();
    web.closeAllConnections();
    await dns.close();
  });

  async function runJob(verify: { mx: boolean }): Promise<string> {
    const { id } = await cluster.call<{ id: string }>('/v1/jobs', {
      source: { type: 'sites', sites: [`http://${HOST}:${(web.address() as AddressInfo).port}/`] },
      crawl: { hostDelayMs: 0 },
      verify,
    });
    await waitFor(async () => (await cluster.call<{ status: string }>(`/v1/jobs/${id}`)).status === 'completed', {
      timeoutMs: 30_000,
      message: 'the job to end',
    });
    return id;
  }

  const listRows = (id: string, query = ''): Promise<Row[]> => cluster.list<Row>(`/v1/jobs/${id}/emails${query}`);

  it('stands in the rows, and can be asked for', async () => {
    const id = await runJob({ mx: true });
    const rows = await listRows(id);
    const found = rows.map(({ address, verdict, mx, disposable }) => [address, { verdict, mx, disposable }]);
    expect(Object.fromEntries(found)).toEqual(VERDICTS);
    const risky = await listRows(id, '?verdict=risky');
    expect(risky.map(({ address }) => address)).toEqual(['anna@mailinator.com']);
    const metrics = await (await fetch(`${cluster.url}/metrics`)).text();
    expect(metrics).toMatch(/^gleaner_mail_domain_lookups_total\{result="unknown"\} 2$/m);
  });

  it('asks no DNS server where the job does not want it', async () => {
    const asked = dns.queries.length;
    const rows = await listRows(await runJob({ mx: false }));
    expect(rows.map(({ mx }) => mx)).toEqual(rows.map(() => null));
    const verdicts = rows.map(({ address, verdict }) => [address, verdict]);
    const unasked = Object.keys(VERDICTS).map((address) => [address, 'unknown']);
    expect(Object.fromEntries(verdicts)).toEqual({ ...Object.fromEntries(unasked), 'anna@mailinator.com': 'risky' });
    expect(dns.queries).toHaveLength(asked);
  });
});
