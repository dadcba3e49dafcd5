import { applyDecorators, Body, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { AccountId } from '../auth/caller.js';
import { Answers, Problems, V1Controller } from '../http/v1.controller.js';
import { type JobAction, JobActionsService } from './job-actions.service.js';
import { type JobView, jobView, viewJob } from './job.view.js';
import { retryRequest, type RetryRequest } from './retry.schema.js';

@V1Controller('jobs', 'jobs')
export class JobActionsController {
  constructor(private readonly actions: JobActionsService) {}

  @PostAction('start', 'Start a held job', 'Its inputs are complete; the clock of its deadline starts now.')
  startJob(@AccountId() accountId: string, @Param('id') id: string): Promise<JobView> {
    return this.act(accountId, id, 'start');
  }

  @PostAction(
    'pause',
    'Pause a running job',
    'Finished sites stay, those being read are read again later. The clock of its deadline runs on.',
  )
  pauseJob(@AccountId() accountId: string, @Param('id') id: string): Promise<JobView> {
    return this.act(accountId, id, 'pause');
  }

  @PostAction('resume', 'Resume a paused job')
  resumeJob(@AccountId() accountId: string, @Param('id') id: string): Promise<JobView> {
    return this.act(accountId, id, 'resume');
  }

  @PostAction('cancel', 'Cancel a job', 'What has been found stays. Repeating it changes nothing.')
  cancelJob(@AccountId() accountId: string, @Param('id') id: string): Promise<JobView> {
    return this.act(accountId, id, 'cancel');
  }

  @PostAction(
    'retry',
    'Do parts of a finished job again',
    'Without a body: chunks that failed, or that the deadline cancelled. With `outcomes`: the sites with these outcomes. ' +
      'What was found stays; the deadline is given anew.',
  )
  @Problems(422)
  retryJob(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Body({ schema: retryRequest }) body: RetryRequest,
  ): Promise<JobView> {
    return this.act(accountId, id, 'retry', body);
  }

  private async act(accountId: string, id: string, action: JobAction, body?: RetryRequest): Promise<JobView> {
    return viewJob(await this.actions.act(accountId, id, action, body));
  }
}

function PostAction(action: JobAction, summary: string, description?: string): MethodDecorator {
  return applyDecorators(
    Post(`:id/${action}`),
    HttpCode(202),
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    Answers(202, jobView, 'The job as it is now.'),
    Problems(404, 409),
  );
}
