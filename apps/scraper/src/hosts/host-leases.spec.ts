import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#common/config/load-config.js';
import { DATABASES, type TestDatabase } from '../../../../test/support/test-database.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { HostLeaseStore } from './host-lease.store.js';
import { type ChunkHosts, HostLeases } from './host-leases.js';
import { HostPacer } from './host-pacer.js';
import { HostBusy } from './site-postponed.js';

const config = loadConfig({}, { LEASE_MS: '6000', HEARTBEAT_MS: '2000' });

describe.each(DATABASES)('host leases on $name', ({ create }) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.drop());

  /** One scraper process. */
  function makeReplica() {
    const pacer = new HostPacer();
    const leases = new HostLeases(new HostLeaseStore(database.dataSource, config), pacer, config);
    const open = (worker: string): ChunkHosts => leases.openChunk(worker, new AbortController().signal);
    return { pacer, leases, open };
  }

  const renew = async (leases: HostLeases): Promise<void> => {
    const runner = database.dataSource.createQueryRunner();
    await leases.renew(runner);
    await runner.release();
  };
  const readRow = async (host: string) =>
    (await database.dataSource.query('SELECT * FROM host_leases WHERE host = ?', [host]))[0];
  const expire = (host: string) =>
    database.dataSource.query('UPDATE host_leases SET expires_at = 1 WHERE host = ?', [host]);
  const heldOf = async (hosts: ChunkHosts, names: string[]): Promise<string[]> =>
    (await hosts.claim(names))
      .filter(({ isHeld }) => isHeld)
      .map(({ host }) => host)
      .sort();

  it('gives each host to one worker, in one claim for many', async () => {
    const one = makeReplica().open('r1-0');
    const two = makeReplica().open('r2-0');
    expect(await heldOf(one, ['a.example', 'b.example'])).toEqual(['a.example', 'b.example']);
    expect(await heldOf(two, ['b.example', 'c.example', 'a.example'])).toEqual(['c.example']);
  });

  it('keeps two workers of one replica apart as well', async () => {
    const { open } = makeReplica();
    await open('r1-0').claim(['a.example']);
    await expect(open('r1-1').hold('a.example', 0)).rejects.toBeInstanceOf(HostBusy);
  });

  it('never gives a host to two of many workers that ask at once', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `h${i}.example`);
    const workers = Array.from({ length: 8 }, (_, i) => makeReplica().open(`r${i}-0`));
    const held = await Promise.all(workers.map((worker, i) => heldOf(worker, i % 2 ? names : names.toReversed())));
    expect(held.flat().sort()).toEqual(names.toSorted());
  });

  it('tells when to ask again for a host that is held', async () => {
    await makeReplica().open('r1-0').claim(['a.example']);
    const [grant] = await makeReplica().open('r2-0').claim(['a.example']);
    expect(grant?.isHeld).toBe(false);
    expect(grant?.waitMs).toBeGreaterThan(0);
  });

  it('gives a host that was left to the next, who keeps to the delay that is left', async () => {
    const one = makeReplica();
    const two = makeReplica();
    const hosts = one.open('r1-0');
    await hosts.hold('a.example', 1000);
    one.pacer.noteStart('a.example', 60_000);
    hosts.leave('a.example');
    await hosts.close();
    await two.open('r2-0').hold('a.example', 1000);
    expect(two.pacer.remainingMs('a.example')).toBeGreaterThan(50_000);
  });

  it('gives back everything when the chunk is over', async () => {
    const hosts = makeReplica().open('r1-0');
    await hosts.claim(['a.example', 'b.example']);
    await hosts.close();
    expect(await heldOf(makeReplica().open('r2-0'), ['a.example', 'b.example'])).toEqual(['a.example', 'b.example']);
  });

  it('keeps nothing that is granted after the chunk is over', async () => {
    const hosts = makeReplica().open('r1-0');
    const claiming = hosts.claim(['a.example']);
    await hosts.close();
    await expect(claiming).rejects.toThrow('the chunk is over');
    await hosts.close();
    expect(await heldOf(makeReplica().open('r2-0'), ['a.example'])).toEqual(['a.example']);
  });

  it('does not fetch where a long delay could no longer be written down', async () => {
    const hosts = makeReplica().open('r1-0');
    await hosts.claim(['a.example']);
    await expire('a.example');
    await makeReplica().open('r2-0').claim(['a.example']);
    await expect(hosts.hold('a.example', 30_000)).rejects.toBeInstanceOf(HostBusy);
  });

  it('lets the next have the host of a worker that renews no more', async () => {
    await makeReplica().open('r1-0').claim(['a.example']);
    await expire('a.example');
    expect(await heldOf(makeReplica().open('r2-0'), ['a.example'])).toEqual(['a.example']);
  });

  it('renews what it holds, and asks again for what it has lost', async () => {
    const { leases, open } = makeReplica();
    const hosts = open('r1-0');
    await hosts.claim(['kept.example', 'lost.example']);
    const before = await readRow('kept.example');
    await expire('lost.example');
    await makeReplica().open('r2-0').claim(['lost.example']);
    await waitFor(async () => {
      await renew(leases);
      return (await readRow('kept.example')).expires_at > before.expires_at;
    });
    await expect(hosts.hold('lost.example', 0)).rejects.toBeInstanceOf(HostBusy);
    await hosts.hold('kept.example', 0);
  });

  it('does not wake a lease that was given back by a renewal under way', async () => {
    const { leases, open } = makeReplica();
    const hosts = open('r1-0');
    await hosts.claim(['a.example', 'b.example']);
    await new HostLeaseStore(database.dataSource, config).release([{ host: 'a.example', holder: 'r1-0', waitMs: 0 }]);
    await renew(leases);
    expect((await readRow('a.example')).expires_at).toBe(0);
  });

  it('writes a delay down that outlasts the lease of a worker that dies, before it fetches', async () => {
    await makeReplica().open('r1-0').hold('a.example', 30_000);
    await expire('a.example');
    const heir = makeReplica();
    await heir.open('r2-0').hold('a.example', 0);
    expect(heir.pacer.remainingMs('a.example')).toBeGreaterThan(20_000);
  });
});
