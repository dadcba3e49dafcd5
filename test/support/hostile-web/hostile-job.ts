import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SiteOutcome } from '#common/domain/site-outcome.js';
import { Cluster } from '../cluster.js';
import { type PlantedWeb, startPlantedWeb } from '../planted-web.js';
import { waitFor } from '../wait-for.js';
import type { Endpoint } from './endpoint.js';
import { ENDPOINTS, startHostileWeb, type HostileWeb } from './hostile-web.js';
import { hostileAuthority } from './tls.js';

const TERMINAL = ['completed', 'completed_with_errors', 'failed', 'cancelled'];

export interface HostileJob {
  id: string;
  status: string;
  progress: { emails: number; sites: number; sitesTotal: number };
}

export interface HostileSite {
  host: string;
  outcome: SiteOutcome;
  emails: number;
}

/** One ended job over the whole hostile web and 50 good sites, done by one scraper process. */
export interface HostileRun {
  cluster: Cluster;
  hostile: HostileWeb;
  good: PlantedWeb;
  endpoints: Endpoint[];
  job: HostileJob;
  sites: HostileSite[];
  /** Since the job began. */
  seconds: number;
  /** The scraper's peak of resident memory. */
  peakMib: number;
  /** Event-loop delay of the scraper over the job, in seconds. */
  lag: { p99: number; max: number };
  close(): Promise<void>;
}

/** Endpoints that postpone their site for a minute are left out. */
export async function runHostileJob(): Promise<HostileRun> {
  const endpoints = ENDPOINTS.filter(({ postpones }) => postpones !== true);
  const folder = mkdtempSync(join(tmpdir(), 'gleaner-hostile-'));
  const authorityFile = join(folder, 'authority.pem');
  writeFileSync(authorityFile, hostileAuthority().cert);
  const hostile = await startHostileWeb({ network: 62 });
  const good = await startPlantedWeb({ hosts: 50, pagesPerHost: 5, network: 63 });
  const cluster = await Cluster.start('distributed', {
    scrapers: 1,
    env: {
      EGRESS_ALLOW: [...hostile.allow, '127.63.0.0/16'].join(),
      DNS_SERVERS: hostile.dns.address,
      FETCH_TIMEOUT_MS: '8000',
      NODE_EXTRA_CA_CERTS: authorityFile,
    },
  });
  const close = async (): Promise<void> => {
    await cluster.stop();
    await Promise.all([hostile.close(), good.close()]);
    rmSync(folder, { recursive: true });
  };
  try {
    await readLag(cluster); // and forgets the start of the process
    const startedAt = performance.now();
    const { id } = await cluster.call<HostileJob>('/v1/jobs', {
      source: { type: 'sites', sites: [...good.sites, ...endpoints.map((endpoint) => hostile.url(endpoint))] },
      crawl: { hostDelayMs: 0 },
      verify: { mx: false },
    });
    const job = await waitFor(
      async () => {
        const current = await cluster.call<HostileJob>(`/v1/jobs/${id}`);
        return TERMINAL.includes(current.status) ? current : null;
      },
      { timeoutMs: 120_000, intervalMs: 100, message: 'the job to end' },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const lag = await readLag(cluster);
    const sites = await cluster.list<HostileSite>(`/v1/jobs/${id}/sites?limit=500`);
    return { cluster, hostile, good, endpoints, job, sites, seconds, peakMib: readPeakMib(cluster), lag, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each reading forgets the ones before. */
async function readLag(cluster: Cluster): Promise<{ p99: number; max: number }> {
  const text = await (await fetch(`${cluster.scrapers[0]!.url}/metrics`)).text();
  const read = (name: string): number => {
    const value = new RegExp(`^nodejs_eventloop_lag_${name}_seconds (.+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`no metric for ${name}`);
    return Number(value);
  };
  return { p99: read('p99'), max: read('max') };
}

function readPeakMib(cluster: Cluster): number {
  const status = readFileSync(`/proc/${cluster.scrapers[0]!.child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
