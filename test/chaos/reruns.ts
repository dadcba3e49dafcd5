import { type Database, NOW_MS, type Row } from './database.js';
import type { Member } from './system.js';

/** How a worker was lost, and whether other faults were about. */
export interface Rerun {
  how: 'kill' | 'stop' | 'terminate';
  calm: boolean;
  ms: number;
  /** Until it was dispatched again; null where the ticket that the broker gave back was taken. */
  dispatchedMs: number | null;
}

interface LostChunk {
  jobId: string;
  chunkNo: number;
  attempt: number;
  lostAt: number;
  how: Rerun['how'];
  calm: boolean;
}

/** From the loss of a worker to the next claim of each of its chunks, both by the database's clock. */
export class Reruns {
  readonly samples: Rerun[] = [];
  private lost: LostChunk[] = [];

  constructor(private readonly database: Database) {}

  /** Chunks that have not been claimed again. */
  get open(): number {
    return this.lost.length;
  }

  /** To be called right before the process is lost. Returns how many chunks it held. */
  async noteLoss(member: Member, how: Rerun['how'], calm: boolean): Promise<number> {
    const { replica } = member;
    if (!replica) return 0;
    const rows = await this.database.read<Row>(
      `SELECT job_id, chunk_no, attempt, ${NOW_MS} AS now FROM chunks WHERE state = 'running' AND worker LIKE ?`,
      [`${replica.replaceAll('_', '\\_')}-%`],
    );
    for (const { job_id, chunk_no, attempt, now } of rows) {
      const chunk = { jobId: String(job_id), chunkNo: Number(chunk_no), attempt: Number(attempt), lostAt: Number(now) };
      this.lost.push({ ...chunk, how, calm });
    }
    return rows.length;
  }

  /** Looks for claims. Chunks that nobody wants any more, of paused jobs too, are no samples. */
  async update(): Promise<void> {
    const jobs = [...new Set(this.lost.map(({ jobId }) => jobId))];
    if (jobs.length === 0) return;
    const rows = await this.database.read(
      `SELECT c.job_id, c.chunk_no, c.attempt, c.state, c.started_at, c.dispatched_at,
              j.status <> 'running' OR j.target_reached_at IS NOT NULL AS isUnwanted
         FROM chunks c JOIN jobs j ON j.id = c.job_id WHERE c.job_id IN (?)`,
      [jobs],
    );
    this.lost = this.lost.filter((chunk) => {
      const row = rows.find(({ job_id, chunk_no }) => job_id === chunk.jobId && chunk_no === chunk.chunkNo);
      if (!row) return false;
      const isAgain = Number(row.attempt) > chunk.attempt;
      if (isAgain) this.samples.push(toSample(chunk, row));
      const isOver = !['pending', 'dispatched', 'running'].includes(String(row.state));
      return !isAgain && !isOver && Number(row.isUnwanted) === 0;
    });
  }
}

function toSample({ how, calm, lostAt }: LostChunk, { started_at, dispatched_at }: Row): Rerun {
  const dispatchedMs = Number(dispatched_at) - lostAt;
  return { how, calm, ms: Number(started_at) - lostAt, dispatchedMs: dispatchedMs > 0 ? dispatchedMs : null };
}
