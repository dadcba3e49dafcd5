import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { jobSpec } from '#common/contracts/job-spec.js';
import { origin } from '#common/contracts/origin.js';
import { listOf } from '#common/persistence/dialect.js';
import type { SiteTask } from '../crawl/site-result.js';
import type { ChunkKey, Claim, ClaimedChunk } from './chunk.store.js';

interface InputRow {
  host: string;
  url: string;
  origin: string | null;
}

/** What the sites of a chunk are. */
@Injectable()
export class ChunkSitesStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Reads the sites of a claimed chunk that are still to be done. */
  async open(claim: Claim): Promise<ClaimedChunk> {
    const { jobId, chunkNo, attempt, worker, accountId, target, news, sliceQuery, slicePage, results } = claim;
    const isAsking = sliceQuery !== null && results === null;
    return {
      jobId,
      chunkNo,
      attempt,
      worker,
      accountId,
      target,
      news,
      spec: jobSpec.parse(JSON.parse(claim.spec)),
      slice: isAsking ? { query: sliceQuery, page: slicePage ?? 0 } : null,
      sites: isAsking ? [] : await this.listOpen(claim),
    };
  }

  /** The sites that a chunk has found itself, before any of them is done; index ix_job_inputs_chunk. */
  listFound(chunk: ChunkKey): Promise<SiteTask[]> {
    return this.listInputs(chunk, 'chunk_no = ?', [chunk.chunkNo]).then((sites) => [...sites.values()]);
  }

  /** Those without a row: finished in no earlier attempt. */
  private async listOpen(claim: Claim): Promise<SiteTask[]> {
    const { jobId, chunkNo, firstHost, lastHost } = claim;
    const sites = await (claim.sliceQuery === null
      ? this.listInputs(claim, 'host >= ? AND host <= ?', [firstHost, lastHost])
      : this.listInputs(claim, 'chunk_no = ?', [chunkNo]));
    if (claim.sitesDone > 0) {
      const done: { host: string }[] = await this.dataSource.query(
        'SELECT host FROM sites WHERE job_id = ? AND chunk_no = ?',
        [jobId, chunkNo],
      );
      for (const { host } of done) sites.delete(host);
    }
    return [...sites.values()];
  }

  /** By host; indexes ix_job_inputs_host, ix_job_inputs_chunk. */
  private async listInputs(
    { jobId, attempt }: ChunkKey,
    which: string,
    params: unknown[],
  ): Promise<Map<string, SiteTask>> {
    const inputs: InputRow[] = await this.dataSource.query(
      `SELECT host, url, origin FROM job_inputs WHERE job_id = ? AND ${which} ORDER BY host, seq`,
      [jobId, ...params],
    );
    const sites = groupByHost(inputs);
    if (attempt > 1) await this.readPostponements(jobId, sites);
    return sites;
  }

  /** Whether the host is a site of the job; one that turned out to be another's duplicate is none. Index ix_job_inputs_host. */
  async isPlanned(jobId: string, host: string): Promise<boolean> {
    const [input] = await this.dataSource.query('SELECT 1 FROM job_inputs WHERE job_id = ? AND host = ? LIMIT 1', [
      jobId,
      host,
    ]);
    if (!input) return false;
    const [duplicate] = await this.dataSource.query(
      "SELECT 1 FROM sites WHERE job_id = ? AND host = ? AND outcome = 'duplicate'",
      [jobId, host],
    );
    return !duplicate;
  }

  private async readPostponements(jobId: string, sites: ReadonlyMap<string, SiteTask>): Promise<void> {
    if (sites.size === 0) return;
    const rows: { host: string; times: number }[] = await this.dataSource.query(
      `SELECT host, times FROM site_waits WHERE job_id = ? AND host IN (${listOf([...sites.keys()])})`,
      [jobId, ...sites.keys()],
    );
    for (const { host, times } of rows) Object.assign(sites.get(host) ?? {}, { postponements: times });
  }
}

function groupByHost(inputs: readonly InputRow[]): Map<string, SiteTask> {
  const sites = new Map<string, SiteTask>();
  for (const { host, url, origin: ledHere } of inputs) {
    const site = sites.get(host);
    if (site) site.urls.push(url);
    else sites.set(host, { host, urls: [url], origin: ledHere === null ? null : origin.parse(JSON.parse(ledHere)) });
  }
  return sites;
}
