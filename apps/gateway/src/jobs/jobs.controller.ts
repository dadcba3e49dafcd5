import { Body, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { JOB_STATUSES } from '#common/domain/job-status.js';
import { AccountId } from '../auth/caller.js';
import { cutPage, pageCursor, pageLimit } from '../http/paging.js';
import { Answers, Problems, V1Controller } from '../http/v1.controller.js';
import { createJob, type CreateJob } from './create-job.schema.js';
import { type JobPage, jobPage, type JobView, jobView, viewJob } from './job.view.js';
import { JobsService } from './jobs.service.js';
import { JobsStore } from './jobs.store.js';
import { readRequestKey } from './request-key.js';

const jobsQuery = z.strictObject({
  status: z.enum(JOB_STATUSES).optional(),
  q: z.string().min(1).max(200).optional().describe('Part of the name.'),
  limit: pageLimit(50, 200),
  cursor: pageCursor(z.uuid()),
});
type JobsQuery = z.output<typeof jobsQuery>;

@V1Controller('jobs', 'jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly store: JobsStore,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Submit a job' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Makes a repeated request return the first answer.',
  })
  @Answers(202, jobView, 'Accepted; `Location` names the job.')
  @Problems(400, 409, 413, 415, 422)
  async createJob(
    @AccountId() accountId: string,
    @Body({ schema: createJob }) body: CreateJob,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const key = readRequestKey(request.get('Idempotency-Key'), request.body);
    const { id, answer } = await this.jobs.create(accountId, body, key);
    response.location(`/v1/jobs/${id}`).type('json').send(answer);
  }

  @Get()
  @ApiOperation({ summary: 'List jobs, newest first' })
  @Answers(200, jobPage, 'A page of jobs.')
  @Problems(422)
  async listJobs(@AccountId() accountId: string, @Query({ schema: jobsQuery }) query: JobsQuery): Promise<JobPage> {
    const { limit, cursor, ...filter } = query;
    const [rows, total] = await Promise.all([
      this.store.list(accountId, filter, cursor, limit + 1),
      this.store.count(accountId, filter),
    ]);
    return { ...cutPage(rows, limit, (row) => row.id, viewJob), total };
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read a job and its progress',
    description: 'Carries a weak ETag: `If-None-Match` answers 304.',
  })
  @Answers(200, jobView, 'The job.')
  @Problems(404)
  async readJob(@AccountId() accountId: string, @Param('id') id: string): Promise<JobView> {
    const job = await this.jobs.get(accountId, id);
    return { ...viewJob(job), usage: await this.store.listUsage(job.id) };
  }
}
