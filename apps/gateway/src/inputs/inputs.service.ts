import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '#common/config/config.schema.js';
import { describeError } from '#common/domain/errors.js';
import type { JobStatus } from '#common/domain/job-status.js';
import { Problem } from '#common/http/problem.js';
import type { JobRow } from '../jobs/job.view.js';
import { type InputFormat, MAX_LINE_BYTES, readInput } from './input-line.js';
import { type InputLease, InputLeases } from './input-leases.js';
import { InputWindow } from './input-window.js';
import { type InputRange, InputsStore } from './inputs.store.js';
import type { UploadReport } from './inputs.view.js';
import { type Line, LineSplitter } from './line-splitter.js';

/** Lines of one transaction: SQLite's only connection must not be taken for long. */
const BATCH_LINES = 1000;
const MAX_REJECTED = 100;
/** Blank lines are no sites, but must have an end. */
const MAX_BLANK_FACTOR = 10;
/** Uploads at once of one gateway: each holds some 5 MB, and all share the database. */
const MAX_UPLOADS = 10;
const MAX_UPLOADS_OF_ACCOUNT = 5;
/** A slow client renews the lease at least so often. */
const RENEW_MS = 10_000;

/** A request's body as it comes. Throws where the client breaks off, is silent for too long, or is answered already. */
export type UploadParts = AsyncIterable<Buffer>;

export interface UploadOptions {
  format: InputFormat;
  /** What was there before is replaced, else kept. */
  isReplacing: boolean;
}

@Injectable()
export class InputsService {
  private readonly logger = new Logger(InputsService.name);
  /** The accounts of the uploads under way. */
  private readonly uploads: string[] = [];

  constructor(
    private readonly leases: InputLeases,
    private readonly store: InputsStore,
    private readonly config: Config,
  ) {}

  /** Stores the lines of an upload as inputs of a held job: all that are good, or where it throws, none. */
  async upload(job: JobRow, parts: UploadParts, options: UploadOptions): Promise<UploadReport> {
    const { accountId } = job;
    const own = this.uploads.filter((other) => other === accountId).length;
    if (this.uploads.length >= MAX_UPLOADS || own >= MAX_UPLOADS_OF_ACCOUNT) {
      const detail = `This server reads ${MAX_UPLOADS} uploads at a time, ${MAX_UPLOADS_OF_ACCOUNT} of one account. Try again shortly.`;
      throw new Problem(503, 'too_many_uploads', detail, { headers: { 'Retry-After': '5' } });
    }
    this.uploads.push(accountId);
    try {
      return await this.receive(job, parts, options);
    } finally {
      this.uploads.splice(this.uploads.indexOf(accountId), 1);
    }
  }

  private receive(job: JobRow, parts: UploadParts, options: UploadOptions): Promise<UploadReport> {
    return this.leases.hold(job.id, async (lease) => {
      const range = await this.readHeldRange(job.id);
      await this.store.deleteStrays(lease, job.id, range);
      const upload = new Upload(this.store, this.leases, this.config.MAX_SITES_PER_JOB, lease, job.id, range, options);
      try {
        await upload.run(parts);
      } catch (error) {
        // The answer to the commit itself may have been lost: what is valid says the row.
        const valid = (await this.store.readRange(job.id).catch(() => null))?.range;
        const isCommitted = valid?.to === upload.range.to && valid.from === upload.range.from && valid.to !== range.to;
        if (!isCommitted) {
          if (valid) await this.tidy(lease, job.id, valid);
          throw error;
        }
      }
      if (options.isReplacing) await this.tidy(lease, job.id, upload.range);
      this.logger.log('inputs uploaded', { jobId: job.id, ...upload.report, rejected: upload.report.rejectedTotal });
      return upload.report;
    });
  }

  /**
   * Moves a held job on by `start` while nobody can change its inputs, and nothing but these are there; `start` calls
   * `check` in its transaction, which fails where somebody else may change them by now.
   */
  seal(job: JobRow, start: (check: (manager: EntityManager) => Promise<void>) => Promise<boolean>): Promise<boolean> {
    return this.leases.hold(job.id, async (lease) => {
      const range = await this.readHeldRange(job.id);
      if (range.to === range.from) {
        throw new Problem(409, 'no_inputs', 'The job has no sites yet: send them to /v1/jobs/{id}/inputs first.');
      }
      await this.store.deleteStrays(lease, job.id, range);
      return start((manager) => this.leases.renew(lease, manager));
    });
  }

  private async readHeldRange(jobId: string): Promise<InputRange> {
    const job = await this.store.readRange(jobId);
    if (!job) throw new Problem(404, 'job_not_found', 'There is no job with this id.');
    assertHeld(job.status);
    return job.range;
  }

  /** What is left undone here is done by the next upload, or by the start. */
  private async tidy(lease: InputLease, jobId: string, range: InputRange): Promise<void> {
    await this.store.deleteStrays(lease, jobId, range).catch((error: unknown) => {
      this.logger.warn('inputs not tidied up', { jobId, error: describeError(error) });
    });
  }
}

export function assertHeld(status: JobStatus): void {
  if (status === 'held') return;
  throw new Problem(409, 'state_forbids', `The job is ${status}: only a held job takes inputs.`);
}

class Upload {
  readonly report: UploadReport = { lines: 0, accepted: 0, rejected: [], rejectedTotal: 0 };
  /** What is valid once the upload is complete. */
  range: InputRange;
  private readonly window = new InputWindow();
  private lineNo = 0;
  private renewedAt = performance.now();
  private readonly room: number;

  constructor(
    private readonly store: InputsStore,
    private readonly leases: InputLeases,
    private readonly maxLines: number,
    private readonly lease: InputLease,
    private readonly jobId: string,
    private readonly before: InputRange,
    private readonly options: UploadOptions,
  ) {
    const { from, to } = before;
    this.room = options.isReplacing ? maxLines : maxLines - (to - from);
    // Numbers freed by an earlier upload are used again, or many of them would end at the column's largest.
    const first = options.isReplacing && from >= maxLines ? 0 : to;
    this.range = { from: options.isReplacing ? first : from, to: first };
  }

  async run(parts: UploadParts): Promise<void> {
    const splitter = new LineSplitter(MAX_LINE_BYTES);
    for await (const part of parts) {
      for (const line of splitter.push(part)) {
        this.take(line);
        if (this.window.isFull) await this.flush();
      }
      await this.renewInTime();
    }
    for (const line of splitter.end()) this.take(line);
    await this.flush();
    if (await this.store.commit(this.lease, this.jobId, this.before, this.range)) return;
    const now = await this.store.readRange(this.jobId);
    assertHeld(now?.status ?? 'cancelled');
    throw new Problem(409, 'upload_in_progress', 'Another request has changed the inputs of this job.');
  }

  private take(line: Line): void {
    const { report, options } = this;
    this.lineNo++;
    if (this.lineNo > MAX_BLANK_FACTOR * this.maxLines) throw this.tooMany();
    try {
      const input = readInput(line, options.format);
      if (input === null) return;
      this.window.add(input);
      report.accepted++;
    } catch (error) {
      report.rejectedTotal++;
      if (report.rejected.length < MAX_REJECTED) {
        report.rejected.push({ line: this.lineNo, reason: (error as Error).message });
      }
    }
    if (++report.lines > this.room) throw this.tooMany();
  }

  private tooMany(): Problem {
    return new Problem(
      422,
      'too_many_sites',
      `A job has at most ${this.maxLines} sites (MAX_SITES_PER_JOB). Nothing of this upload was stored.`,
    );
  }

  private async flush(): Promise<void> {
    for (const batch of this.window.drain(BATCH_LINES)) {
      await this.store.insert(this.lease, this.jobId, this.range.to, batch);
      this.range.to += batch.length;
      // SQLite works on this thread: others must get their turn.
      await nextTurn();
    }
    this.renewedAt = performance.now();
  }

  private async renewInTime(): Promise<void> {
    if (performance.now() - this.renewedAt < RENEW_MS) return;
    await this.leases.renew(this.lease);
    this.renewedAt = performance.now();
  }
}
