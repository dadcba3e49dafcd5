import { Get, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { AccountId } from '../auth/caller.js';
import { cutPage, pageCursor, pageLimit } from '../http/paging.js';
import { Answers, Problems, V1Controller } from '../http/v1.controller.js';
import { toIso } from '../jobs/job.view.js';
import { JobsService } from '../jobs/jobs.service.js';
import { type ChunkPage, chunkPage, jobErrorPage } from './chunk.view.js';
import { ChunksStore } from './chunks.store.js';

const chunksQuery = z.strictObject({ limit: pageLimit(100, 1000), cursor: pageCursor(z.int()) });
const errorsQuery = z.strictObject({ limit: pageLimit(100, 1000), cursor: pageCursor(z.string().max(36)) });

@V1Controller('jobs', 'results')
export class ChunksController {
  constructor(
    private readonly jobs: JobsService,
    private readonly store: ChunksStore,
  ) {}

  @Get(':id/chunks')
  @ApiOperation({ summary: 'List the chunks, the units of work' })
  @Answers(200, chunkPage, 'A page of chunks, by number.')
  @Problems(404, 422)
  async listChunks(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Query({ schema: chunksQuery }) { limit, cursor = -1 }: z.output<typeof chunksQuery>,
  ): Promise<ChunkPage> {
    const job = await this.jobs.get(accountId, id);
    const rows = await this.store.listChunks(job.id, cursor, limit + 1);
    return cutPage(
      rows,
      limit,
      (row) => row.no,
      (row) => row,
    );
  }

  @Get(':id/errors')
  @ApiOperation({
    summary: 'List the errors met on pages, sites and chunks',
    description: 'They are facts about the web; the job itself goes on.',
  })
  @Answers(200, jobErrorPage, 'A page of errors, oldest first.')
  @Problems(404, 422)
  async listErrors(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Query({ schema: errorsQuery }) { limit, cursor = '' }: z.output<typeof errorsQuery>,
  ) {
    const job = await this.jobs.get(accountId, id);
    const rows = await this.store.listErrors(job.id, cursor, limit + 1);
    return cutPage(
      rows,
      limit,
      (row) => row.id,
      ({ id: _, at, ...row }) => ({ ...row, at: toIso(at) }),
    );
  }
}
