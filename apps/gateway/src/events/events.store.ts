import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface JobEventRow {
  id: number;
  event: string;
  /** JSON. */
  data: string;
}

/** Lifecycle events; index ix_job_events_job. */
@Injectable()
export class EventsStore {
  constructor(private readonly dataSource: DataSource) {}

  async lastId(jobId: string): Promise<number> {
    const [row] = await this.dataSource.query('SELECT MAX(id) AS id FROM job_events WHERE job_id = ?', [jobId]);
    return Number(row.id ?? 0);
  }

  listAfter(jobId: string, afterId: number, limit: number): Promise<JobEventRow[]> {
    return this.dataSource.query(
      'SELECT id, event, data FROM job_events WHERE job_id = ? AND id > ? ORDER BY id LIMIT ?',
      [jobId, afterId, limit],
    );
  }
}
