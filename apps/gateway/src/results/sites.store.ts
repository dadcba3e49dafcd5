import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dialectOf } from '#common/persistence/dialect.js';
import type { JobRow } from '../jobs/job.view.js';
import type { SiteRow } from './site.view.js';

@Injectable()
export class SitesStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Every site of the job once, by host. A site's chunk is the one with the greatest first host that is not behind it;
   * where that one ends before it, the site is not planned yet. Indexes ix_job_inputs_host, ix_chunks_host.
   */
  list(job: JobRow, afterHost: string, limit: number): Promise<SiteRow[]> {
    const { nowMs } = dialectOf(this.dataSource);
    const { id, inputsFrom, inputsTo } = job;
    // Rows of an upload that is not complete are no sites of the job. Jobs of the first release have no range.
    const to = inputsTo === 0 && job.status !== 'held' ? Number.MAX_SAFE_INTEGER : inputsTo;
    return this.dataSource.query(
      `SELECT h.host, s.outcome, s.emails, s.pages, s.detail, s.robots,
              CASE WHEN w.until > ${nowMs} THEN w.until END AS waitingUntil, w.reason AS waitReason,
              CASE WHEN c.last_host >= h.host THEN c.state END AS chunkState,
              CASE WHEN c.last_host >= h.host THEN c.error END AS chunkError
         FROM (SELECT DISTINCT host FROM job_inputs
                WHERE job_id = ? AND host > ? AND seq >= ? AND seq < ? ORDER BY host LIMIT ?) h
         LEFT JOIN sites s ON s.job_id = ? AND s.host = h.host
         LEFT JOIN site_waits w ON w.job_id = ? AND w.host = h.host
         LEFT JOIN chunks c ON c.job_id = ? AND c.chunk_no = (
           SELECT n.chunk_no FROM chunks n
            WHERE n.job_id = ? AND n.first_host <= h.host ORDER BY n.first_host DESC LIMIT 1)
        ORDER BY h.host`,
      [id, afterHost, inputsFrom, to, limit, id, id, id, id],
    );
  }
}
