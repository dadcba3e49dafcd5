import { applyDecorators, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Problem } from '#common/http/problem.js';
import { AccountId } from '../auth/caller.js';
import { endRequest } from '../http/request-limit.js';
import { readUpload } from '../http/uploads.js';
import { Answers, Problems, V1Controller } from '../http/v1.controller.js';
import { JobsService } from '../jobs/jobs.service.js';
import { INPUT_FORMATS, type InputFormat } from './input-line.js';
import { assertHeld, InputsService } from './inputs.service.js';
import { type UploadReport, uploadReport } from './inputs.view.js';

@V1Controller('jobs', 'jobs')
export class InputsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly inputs: InputsService,
  ) {}

  @Put(':id/inputs')
  @Upload('Replace the sites of a held job', 'All or nothing: where it fails, the sites of before are still there.')
  replaceInputs(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UploadReport> {
    return this.upload(accountId, id, request, response);
  }

  @Post(':id/inputs')
  @Upload('Add sites to a held job', 'All or nothing: where it fails, none of these was added.')
  addInputs(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UploadReport> {
    return this.upload(accountId, id, request, response);
  }

  private async upload(accountId: string, id: string, request: Request, response: Response): Promise<UploadReport> {
    const job = await this.jobs.get(accountId, id);
    const format = readFormat(request);
    assertHeld(job.status);
    // It waits for its client, not for us: uploads have a limit of their own.
    endRequest(response);
    // Answered already: the database was away for too long (database-watch).
    const isOver = (): boolean => response.headersSent || response.destroyed;
    return this.inputs.upload(job, readUpload(request, isOver), { format, isReplacing: request.method === 'PUT' });
  }
}

function readFormat({ headers }: Request): InputFormat {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const format = INPUT_FORMATS.find((known) => known === type.trim());
  const charset = /^\s*charset\s*=\s*"?([^"\s]+)/.exec(
    parameters.find((part) => /^\s*charset\b/.test(part)) ?? '',
  )?.[1];
  const isPlain = ['', 'identity'].includes((headers['content-encoding'] ?? '').trim().toLowerCase());
  if (format !== undefined && isPlain && /^utf-?8$/.test(charset ?? 'utf-8')) return format;
  throw new Problem(
    415,
    'unsupported_media_type',
    'Send one site a line, as text/plain or application/x-ndjson in UTF-8, without a Content-Encoding.',
  );
}

function Upload(summary: string, description: string): MethodDecorator {
  const schema = {
    type: 'string',
    description: 'One site a line; in NDJSON a string, or an object with `url` or `site`.',
  };
  return applyDecorators(
    HttpCode(200),
    ApiOperation({ summary, description }),
    ApiConsumes(...INPUT_FORMATS),
    ApiBody({ schema }),
    Answers(200, uploadReport, 'What became of the lines.'),
    Problems(400, 404, 408, 409, 415, 422),
  );
}
