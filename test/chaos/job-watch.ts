import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal } from '#common/domain/job-status.js';
import { type Api, type JobView, type Progress } from './api.js';
import type { Database, Row } from './database.js';
import type { Violation } from './violation.js';

const POLL_MS = 400;
const NEVER_FALL = ['version', 'percent', 'emails', 'pages', 'sites'] as const satisfies (keyof Progress)[];

/** Follows one job as its owner does, by polling, until it ends. */
export class JobWatch {
  view?: JobView;
  readonly violations: Violation[] = [];
  private chunks = new Map<number, Row>();

  constructor(
    private readonly api: Api,
    private readonly database: Database,
    private readonly jobId: string,
  ) {}

  get hasEnded(): boolean {
    return this.view !== undefined && isTerminal(this.view.status);
  }

  async untilEnded(signal: AbortSignal): Promise<void> {
    while (!this.hasEnded && !signal.aborted) {
      this.accept(await this.api.get<JobView>(`/v1/jobs/${this.jobId}`));
      // The truth may be away for a moment.
      await this.compareRows().catch(() => undefined);
      await sleep(POLL_MS);
    }
  }

  /** Resolves when some sites are done, or the job has ended. */
  async untilUnderWay(signal: AbortSignal): Promise<void> {
    while (!this.hasEnded && !signal.aborted && (this.view?.progress.sites ?? 0) === 0) await sleep(POLL_MS);
  }

  private accept(view: JobView): void {
    const before = this.view?.progress;
    for (const field of NEVER_FALL) {
      const [was, is] = [before?.[field] ?? 0, view.progress[field]];
      if (is < was) this.report(`${field} of job ${this.jobId} fell from ${was} to ${is}`);
    }
    this.view = view;
  }

  /** The counters of its chunks, and what it shows of what is stored. */
  private async compareRows(): Promise<void> {
    const shown = this.view!.progress.emails;
    const rows = await this.database.read(
      'SELECT chunk_no, attempt, sites_done, emails, pages FROM chunks WHERE job_id = ?',
      [this.jobId],
    );
    for (const row of rows) {
      const before = this.chunks.get(Number(row.chunk_no)) ?? {};
      for (const [column, was] of Object.entries(before)) {
        if (Number(row[column]) < Number(was))
          this.report(`${column} of chunk ${row.chunk_no} of ${this.jobId} fell from ${was} to ${row[column]}`);
      }
      this.chunks.set(Number(row.chunk_no), row);
    }
    const [stored] = await this.database.read<{ n: number }>(
      "SELECT COUNT(*) AS n FROM emails WHERE job_id = ? AND flags = ''",
      [this.jobId],
    );
    if (stored && stored.n < shown) this.report(`job ${this.jobId} showed ${shown} addresses when it had ${stored.n}`);
  }

  private report(text: string): void {
    this.violations.push({ rule: 'backwards', text });
  }
}
