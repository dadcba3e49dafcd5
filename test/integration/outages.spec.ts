import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultProxy } from '../support/fault-proxy.js';
import { errorLines, FaultyCluster, type JobState } from '../support/faulty-cluster.js';
import { type PlantedWeb, startPlantedWeb } from '../support/planted-web.js';
import { waitFor } from '../support/wait-for.js';

/** Seconds from the end of an outage to the next finished site; generous, since CI machines are slow. */
const RESUME_MS = 30_000;

describe('an outage', () => {
  let system: FaultyCluster;
  let web: PlantedWeb;
  let job: JobState;

  beforeAll(async () => {
    system = await FaultyCluster.start(['gateway', 'orchestrator', 'scraper', 'scraper'], { WORKER_SLOTS: '2' });
    web = await startPlantedWeb({ hosts: 16, pagesPerHost: 2, delayMs: 300, network: 41 });
  });
  afterAll(async () => {
    await system?.stop();
    await web?.close();
  });
  beforeEach(async () => {
    job = await system.post(web.sites);
    await system.whenJob(job.id, ({ progress }) => progress.sites > 0 && progress.activeWorkers > 0, 'some sites');
  });
  afterEach(() => Promise.all([system.broker.heal(), system.database.heal()]));

  const processes = (): (number | null)[] => system.cluster.services.map(({ child }) => child.exitCode);
  const isBrokerAway = async (): Promise<boolean> => {
    const answer = await fetch(`${system.cluster.url}/health/ready`, { signal: AbortSignal.timeout(5000) });
    const { details } = (await answer.json()) as { details: { broker: { status: string } } };
    return details.broker.status === 'down';
  };
  const expectAllFound = async (jobs: JobState[]): Promise<void> => {
    for (const { id } of jobs) {
      expect(await system.whenEnded(id)).toMatchObject({ status: 'completed', progress: { sites: web.sites.length } });
      expect(await system.listAddresses(id)).toEqual([...web.addresses].toSorted());
    }
    expect(processes()).toEqual([null, null, null, null]);
    expect(system.cluster.services.flatMap(errorLines)).toEqual([]);
  };

  /** Until it is over as the processes see it, with connections that neither answer nor end as with ones that do. */
  const breakBroker = async (fault: 'cut' | 'blackHole'): Promise<void> => {
    await system.broker[fault]();
    await waitFor(isBrokerAway, { timeoutMs: 30_000, intervalMs: 100, message: 'the gateway to notice' });
  };

  it.each(['cut', 'blackHole'] as const)(
    'of the broker (%s): jobs are accepted, chunks that run are finished, and all resumes',
    async (fault) => {
      await breakBroker(fault);
      const another = await system.post(web.sites);
      const idle = await system.whenJob(job.id, ({ progress }) => progress.activeWorkers === 0, 'no running chunk');
      expect(idle.progress.sites).toBeGreaterThan(0);
      expect(idle.progress.chunks.failed).toBe(0);
      await system.broker.heal();
      const hasMoved = ({ progress }: JobState): boolean => progress.sites > idle.progress.sites;
      await system.whenJob(job.id, hasMoved, 'progress', RESUME_MS);
      await expectAllFound([job, another]);
    },
  );

  const expectRefusal = async (): Promise<void> => {
    const startedAt = performance.now();
    const body = JSON.stringify({ source: { type: 'sites', sites: web.sites } });
    const answer = await system.cluster.fetch('/v1/jobs', { method: 'POST', body });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  };
  const sitesAtHeal = async (...links: FaultProxy[]): Promise<number> => {
    await Promise.all(links.map((link) => link.heal()));
    const { progress } = await waitFor(() => system.read(job.id), { timeoutMs: RESUME_MS, message: 'an answer' });
    return progress.sites;
  };

  it.each(['cut', 'blackHole'] as const)(
    'of the database (%s): 503 in time, workers hold what they have, and all resumes',
    async (fault) => {
      await system.database[fault]();
      await expectRefusal();
      await expectRefusal();
      const sites = await sitesAtHeal(system.database);
      await system.whenJob(job.id, ({ progress }) => progress.sites > sites, 'progress', RESUME_MS);
      await expectAllFound([job]);
    },
  );

  it('of both: all resumes', async () => {
    system.database.blackHole();
    await system.broker.cut();
    await expectRefusal();
    const sites = await sitesAtHeal(system.database, system.broker);
    await system.whenJob(job.id, ({ progress }) => progress.sites > sites, 'progress', RESUME_MS);
    await expectAllFound([job]);
  });
});
