import { Get, Headers, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import { Problem } from '#common/http/problem.js';
import { AccountId } from '../auth/caller.js';
import { Problems, V1Controller } from '../http/v1.controller.js';
import { JobsService } from '../jobs/jobs.service.js';
import { JobFeeds } from './job-feeds.js';

@V1Controller('jobs', 'jobs')
export class EventsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly feeds: JobFeeds,
  ) {}

  @Get(':id/events')
  @ApiOperation({
    summary: 'Follow a job (server-sent events)',
    description:
      '`status` and `job_error` carry ids and are replayed after `Last-Event-ID`; `progress` is the snapshot of the job, ' +
      'whose version never falls; `complete` is the finished job, then the stream closes. A comment comes every 15 s.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Id of the last event received.' })
  @ApiResponse({
    status: 200,
    description: 'The stream.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @Problems(404, 422)
  async followJob(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const job = await this.jobs.get(accountId, id);
    await this.feeds.open(job, response, readEventId(lastEventId));
  }
}

function readEventId(header: string | undefined): number | null {
  if (header === undefined || header === '') return null;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new Problem(422, 'invalid_last_event_id', 'Last-Event-ID must be the id of an event of this stream.');
}
