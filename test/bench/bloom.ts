import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../../libs/common/src/config/load-config.js';
import { hashMailbox } from '../../libs/common/src/domain/address.js';
import { connect, createDataSource } from '../../libs/common/src/persistence/data-source.js';
import { ChunkStore } from '../../apps/scraper/src/chunks/chunk.store.js';
import { ChunkSitesStore } from '../../apps/scraper/src/chunks/chunk-sites.store.js';
import type { SiteResult } from '../../apps/scraper/src/crawl/site-result.js';
import { BloomFilter } from '../../apps/scraper/src/results/bloom-filter.js';
import { ResultsStore } from '../../apps/scraper/src/results/results.store.js';
import { StoredAddresses, StoredInJob } from '../../apps/scraper/src/results/stored-addresses.js';
import { makeEmail, makeRunningJob, makeSiteResult } from '../support/make-job.js';
import { createEmptyDatabase } from '../support/test-database.js';

type Row = Record<string, string | number>;

const SITES = 300;
const ADDRESSES = 30;
/** Of 30: what an agency, a chain or a theme puts on every site of its own. */
const RECURRING = 24;
const POOL = 200;
const PAGES = 3;

/** What is sent for a job in which the same addresses recur, and how long a flush takes, with the filter and without. */
export async function benchBloom(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, url, drop } of await databases()) {
    const dataSource = await connect(createDataSource({ url }));
    try {
      await dataSource.runMigrations();
      // The first run is thrown away: no code is compiled yet.
      await runJob(dataSource, new Forgetful());
      for (const [label, stored] of [
        ['without', new Forgetful()],
        ['with', new StoredAddresses()],
      ] as const) {
        rows.push({ database: name, filter: label, ...(await runJob(dataSource, stored)) });
      }
    } finally {
      await dataSource.destroy();
      await drop();
    }
  }
  return rows;
}

/** Knows nothing: everything is sent. */
class Forgetful extends StoredAddresses {
  override ofJob(): StoredInJob {
    return new StoredInJob();
  }
}

async function runJob(dataSource: DataSource, stored: StoredAddresses): Promise<Row> {
  const hosts = Array.from({ length: SITES }, (_, i) => `s${String(i).padStart(4, '0')}.example`);
  const jobId = await makeRunningJob(dataSource, [hosts]);
  const chunks = new ChunkStore(dataSource, loadConfig({}, { LEASE_MS: '600000' }));
  const [claim] = await chunks.claim([{ jobId, chunkNo: 0, worker: `bench-${jobId}` }]);
  const chunk = await new ChunkSitesStore(dataSource).open(claim!);
  const results = new ResultsStore(dataSource, stored);
  const sites = hosts.map(makeSite);
  const sent = countSent(dataSource);
  const startedAt = performance.now();
  for (const [i, site] of sites.entries()) await results.flush(chunk, [site], i === SITES - 1);
  const ms = performance.now() - startedAt;
  const { emails, sightings, bytes } = sent.stop();
  const [{ kept }] = await dataSource.query('SELECT COUNT(*) AS kept FROM emails WHERE job_id = ?', [jobId]);
  if (kept !== POOL + SITES * (ADDRESSES - RECURRING)) throw new Error(`${kept} addresses were stored`);
  return {
    'address rows': emails,
    'evidence rows': sightings,
    'kB sent': Math.round(bytes / 1000),
    'ms a flush': Math.round((100 * ms) / SITES) / 100,
  };
}

function makeSite(host: string, site: number): SiteResult {
  const addresses = Array.from({ length: ADDRESSES }, (_, i) =>
    i < RECURRING ? `contact${(site * RECURRING + i * 7) % POOL}@agency.org` : `p${i}@${host}.org`,
  );
  const emails = [...new Set(addresses)].map((address) => {
    const email = makeEmail(address);
    const pages = Array.from({ length: PAGES }, (_, page) => ({
      ...email.sightings[0]!,
      url: `http://${host}/page-${page}`,
    }));
    return { ...email, sightings: pages };
  });
  return makeSiteResult(host, emails);
}

/** Counts what every statement of a data source carries, until it is stopped. */
function countSent(dataSource: DataSource): { stop: () => { emails: number; sightings: number; bytes: number } } {
  const create = dataSource.createQueryRunner.bind(dataSource);
  const counts = { emails: 0, sightings: 0, bytes: 0 };
  dataSource.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const counting = (sql: string, params: unknown[] = [], ...rest: unknown[]): Promise<unknown> => {
      const [, table, columns] = /^INSERT .*?INTO (emails|sightings) \(([^)]*)\)/.exec(sql) ?? [];
      if (table && columns) counts[table as 'emails' | 'sightings'] += params.length / columns.split(',').length;
      counts.bytes += sql.length + params.reduce<number>((sum, param) => sum + sizeOf(param), 0);
      return query(sql, params, ...rest);
    };
    return Object.assign(runner, { query: counting });
  };
  return {
    stop: () => {
      dataSource.createQueryRunner = create;
      return counts;
    },
  };
}

const sizeOf = (param: unknown): number =>
  Buffer.isBuffer(param) ? param.length : typeof param === 'string' ? param.length : 8;

async function databases(): Promise<{ name: string; url: string; drop: () => Promise<void> }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gleaner-bench-'));
  const sqlite = {
    name: 'SQLite',
    url: `sqlite:${join(folder, 'bench.db')}`,
    drop: async () => rmSync(folder, { recursive: true }),
  };
  const server = process.env.DATABASE_URL ?? 'mariadb://root@127.0.0.1:3306/';
  if (server.startsWith('sqlite:') || !(await answers(new URL(server)))) return [sqlite];
  return [sqlite, { name: 'MariaDB', ...(await createEmptyDatabase(server)) }];
}

function answers({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket({ host: hostname, port: Number(port || 3306) });
    const end = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

const BIG_SITES = 10_000;
const BIG_POOL = 4000;

/** The filter always says yes: what is left of the two is the exact list. */
class NoFilter extends BloomFilter {
  override has(): boolean {
    return true;
  }
}

/** A large job, in memory only: what is sent and what the knowledge takes, by the way it is kept. */
export function benchStoredAddresses(): Row[] {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const collect = (): void => [1, 2, 3].forEach(() => gc());
  const own = BIG_SITES * (ADDRESSES - RECURRING);
  const ways: [string, () => StoredInJob][] = [
    ['exact list of 5,000', () => new StoredInJob(new NoFilter(32), 5000)],
    [`exact list of all ${BIG_POOL + own}`, () => new StoredInJob(new NoFilter(32), BIG_POOL + own)],
    ['filter and exact list of 5,000', () => new StoredInJob()],
  ];
  // Thrown away: what is compiled and allocated once is not the knowledge's.
  meetAll(new StoredInJob());
  return ways.map(([way, create]) => {
    collect();
    const before = process.memoryUsage();
    const stored = create();
    const startedAt = performance.now();
    const sent = meetAll(stored);
    const us = (1000 * (performance.now() - startedAt)) / (BIG_SITES * ADDRESSES);
    collect();
    const after = process.memoryUsage();
    const bytes = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
    // Used once more, so that it is not collected before.
    stored.placesOf(hashMailbox('last'));
    return {
      way,
      'addresses met': BIG_SITES * ADDRESSES,
      sent,
      kB: Math.round(bytes / 1000),
      'µs an address': round(us),
    };
  });
}

/** Returns how many addresses had to be sent. One place of each is enough here. */
function meetAll(stored: StoredInJob): number {
  let sent = 0;
  for (let site = 0; site < BIG_SITES; site++) {
    for (let i = 0; i < ADDRESSES; i++) {
      // Scattered over the pool by a step that shares no factor with it.
      const address = i < RECURRING ? `c${((site * RECURRING + i) * 1501) % BIG_POOL}` : `p${i}@s${site}`;
      const hash = hashMailbox(address);
      if (stored.placesOf(hash) > 0) continue;
      sent += 1;
      stored.note(hash, 1);
    }
  }
  return sent;
}

/** How often the filter takes a new address for one it has met, as it fills. */
export function benchFalseHits(): Row[] {
  const filter = new BloomFilter();
  const probes = Array.from({ length: 50_000 }, (_, i) => hashMailbox(`other${i}`));
  let size = 0;
  return [10_000, 50_000, 100_000].map((addresses) => {
    for (; size < addresses; size++) filter.add(hashMailbox(`held${size}`));
    const hits = probes.filter((hash) => filter.has(hash)).length;
    return { addresses, 'filter kB': filter.bytes / 1024, 'false hits %': round((100 * hits) / probes.length) };
  });
}

const round = (value: number): number => Math.round(100 * value) / 100;
