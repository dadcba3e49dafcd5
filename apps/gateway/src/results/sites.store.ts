import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ChunkState } from '#common/domain/chunk-state.js';
import { dialectOf, listOf } from '#common/persistence/dialect.js';
import type { JobRow } from '../jobs/job.view.js';
import type { SiteRow } from './site.view.js';

@Injectable()
export class SitesStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Every site of the job once, by host. Its chunk is the one that found it, or whose range holds it; without one it is not
   * planned yet. The
   * chunks are read before the finished sites: a chunk that ends in between must not show its last sites as left out.
   * Indexes ix_job_inputs_host, ix_chunks_host.
   */
  async list(job: JobRow, afterHost: string, limit: number): Promise<SiteRow[]> {
    const hosts = await this.listHosts(job, afterHost, limit);
    const [first, last] = [hosts[0], hosts.at(-1)];
    if (first === undefined || last === undefined) return [];
    const ranges = await this.listRanges(job.id, last.host, hosts.length);
    const finders = await this.listFinders(job.id, hosts);
    const finished = await this.readRows(job.id, first.host, last.host);
    return hosts.map(({ host, chunkNo }) => {
      const chunk = chunkNo === null ? findRange(ranges, host) : finders.get(chunkNo);
      const row = finished.get(host) ?? UNFINISHED;
      return { ...row, host, chunkState: chunk?.state ?? null, chunkError: chunk?.error ?? null };
    });
  }

  private async listHosts(job: JobRow, afterHost: string, limit: number): Promise<ListedHost[]> {
    const { id, inputsFrom, inputsTo } = job;
    // Rows of an upload that is not complete are no sites of the job. Jobs of the first release have no range.
    const to = inputsTo === 0 && job.status !== 'held' ? Number.MAX_SAFE_INTEGER : inputsTo;
    return this.dataSource.query(
      `SELECT DISTINCT host, chunk_no AS chunkNo FROM job_inputs
        WHERE job_id = ? AND host > ? AND seq >= ? AND seq < ? ORDER BY host LIMIT ?`,
      [id, afterHost, inputsFrom, to, limit],
    );
  }

  /** The last `limit` chunks that begin before `host`: each holds a site at least, so more cannot be asked for. */
  private listRanges(jobId: string, host: string, limit: number): Promise<ChunkRange[]> {
    return this.dataSource.query(
      `SELECT first_host AS firstHost, last_host AS lastHost, state, error FROM chunks
        WHERE job_id = ? AND first_host <= ? ORDER BY first_host DESC LIMIT ?`,
      [jobId, host, limit],
    );
  }

  /** The chunks that found these hosts, by number. */
  private async listFinders(jobId: string, hosts: readonly ListedHost[]): Promise<Map<number, ChunkRange>> {
    const numbers = [...new Set(hosts.flatMap(({ chunkNo }) => chunkNo ?? []))];
    if (numbers.length === 0) return new Map();
    const chunks: (ChunkRange & { chunkNo: number })[] = await this.dataSource.query(
      `SELECT chunk_no AS chunkNo, first_host AS firstHost, last_host AS lastHost, state, error FROM chunks
        WHERE job_id = ? AND chunk_no IN (${listOf(numbers)})`,
      [jobId, ...numbers],
    );
    return new Map(chunks.map((chunk) => [chunk.chunkNo, chunk]));
  }

  private async readRows(jobId: string, first: string, last: string): Promise<Map<string, Finished>> {
    const { nowMs } = dialectOf(this.dataSource);
    const rows = new Map<string, Finished>();
    const waits: { host: string; waitingUntil: number; waitReason: string }[] = await this.dataSource.query(
      `SELECT host, until AS waitingUntil, reason AS waitReason FROM site_waits
        WHERE job_id = ? AND host >= ? AND host <= ? AND until > ${nowMs}`,
      [jobId, first, last],
    );
    for (const { host, ...wait } of waits) rows.set(host, { ...UNFINISHED, ...wait });
    const sites: (Finished & { host: string })[] = await this.dataSource.query(
      `SELECT host, outcome, emails, pages, detail, robots FROM sites WHERE job_id = ? AND host >= ? AND host <= ?`,
      [jobId, first, last],
    );
    for (const { host, ...site } of sites) rows.set(host, { ...UNFINISHED, ...site });
    return rows;
  }
}

interface ListedHost {
  host: string;
  /** The chunk that found it; null for one that is in a list. */
  chunkNo: number | null;
}

interface ChunkRange {
  firstHost: string;
  lastHost: string;
  state: ChunkState;
  error: string | null;
}

/** `ranges`: latest first. */
function findRange(ranges: readonly ChunkRange[], host: string): ChunkRange | undefined {
  const range = ranges.find((candidate) => candidate.firstHost <= host);
  return range && host <= range.lastHost ? range : undefined;
}

type Finished = Omit<SiteRow, 'host' | 'chunkState' | 'chunkError'>;

const UNFINISHED: Finished = {
  outcome: null,
  emails: null,
  pages: null,
  detail: null,
  robots: null,
  waitingUntil: null,
  waitReason: null,
};
