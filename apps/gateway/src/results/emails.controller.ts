import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AccountId } from '../auth/caller.js';
import { cutPage, pageCursor, pageLimit } from '../http/paging.js';
import { Answers, Problems, V1Controller } from '../http/v1.controller.js';
import type { JobRow } from '../jobs/job.view.js';
import { JobsService } from '../jobs/jobs.service.js';
import { streamEmails } from './email-export.js';
import { type EmailPage, emailPage, type EmailRow, emailView, type EmailView, viewEmail } from './email.view.js';
import { type EmailFilter, type EmailPosition, EmailsStore } from './emails.store.js';

const STREAM_PAGE = 1000;

const emailsQuery = z.strictObject({
  include: z.literal('flagged').optional().describe('Lists flagged rows, too.'),
  kind: emailView.shape.kind.optional(),
  verdict: emailView.shape.verdict.optional(),
  domain: z.string().min(1).max(255).toLowerCase().optional(),
  q: z.string().min(1).max(200).optional().describe('Part of the address.'),
  new: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Only addresses that no earlier job of the account found (true), or only the others.'),
  format: z
    .enum(['json', 'csv', 'ndjson'], {
      error: ({ input }) => (input === 'xlsx' ? 'is not supported by this version' : 'must be json, csv or ndjson'),
    })
    .optional()
    .describe('Goes before `Accept`. csv and ndjson stream everything, whatever `limit` says.'),
  limit: pageLimit(100, 1000),
  cursor: pageCursor(z.tuple([z.int(), z.string().regex(/^[0-9A-F]{32}$/)])),
});
type EmailsQuery = z.output<typeof emailsQuery>;

@V1Controller('jobs', 'results')
export class EmailsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly store: EmailsStore,
  ) {}

  @Get(':id/emails')
  @ApiOperation({
    summary: 'List the addresses found',
    description:
      'In order of insertion: after a terminal status one pass is complete. ' +
      '`Accept: text/csv` or `application/x-ndjson` streams the whole result.',
  })
  @ApiProduces('application/json', 'text/csv', 'application/x-ndjson')
  @Answers(200, emailPage, 'A page of addresses, or all of them.')
  @Problems(404, 422)
  async listEmails(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Query({ schema: emailsQuery }) query: EmailsQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const job = await this.jobs.get(accountId, id);
    const format = query.format ?? acceptedFormat(request);
    response.vary('Accept');
    if (format === 'json') response.json(await this.readPage(job, query));
    else await streamEmails(this.readAll(job, query), format, `emails-${job.id}`, response);
  }

  private async readPage(job: JobRow, { limit, cursor, ...filter }: EmailsQuery): Promise<EmailPage> {
    const rows = await this.store.list(job, filter, cursor, limit + 1);
    const views = await this.view(job, rows.slice(0, limit));
    return { ...cutPage(rows, limit, positionOf, () => null), data: views };
  }

  /** Everything from the cursor on; at least one page, if an empty one. */
  private async *readAll(job: JobRow, { cursor, ...filter }: EmailFilter & { cursor?: EmailPosition | undefined }) {
    for (let after = cursor; ;) {
      const rows = await this.store.list(job, filter, after, STREAM_PAGE);
      yield await this.view(job, rows);
      const last = rows.at(-1);
      if (!last || rows.length < STREAM_PAGE) return;
      after = positionOf(last);
    }
  }

  private async view(job: JobRow, rows: EmailRow[]): Promise<EmailView[]> {
    const sightings = await this.store.listSightings(job.id, rows);
    return rows.map((row) => viewEmail(job.id, row, sightings.get(row.hash) ?? []));
  }
}

function positionOf({ seq, hash }: EmailRow): EmailPosition {
  return [seq, hash];
}

function acceptedFormat(request: Request): 'json' | 'csv' | 'ndjson' {
  const accepted = request.accepts(['application/json', 'text/csv', 'application/x-ndjson']);
  if (accepted === 'text/csv') return 'csv';
  return accepted === 'application/x-ndjson' ? 'ndjson' : 'json';
}
