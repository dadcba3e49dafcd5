import { Get, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { AccountId } from '../auth/caller.js';
import { cutPage, pageCursor, pageLimit } from '../http/paging.js';
import { Answers, Problems, V1Controller } from '../http/v1.controller.js';
import type { JobRow } from '../jobs/job.view.js';
import { JobsService } from '../jobs/jobs.service.js';
import { type SitePage, sitePage, SITE_STATES, type SiteView, viewSite } from './site.view.js';
import { SitesStore } from './sites.store.js';

/** Sites read at once when few of them may match the filter. */
const SCAN = 1000;

const sitesQuery = z.strictObject({
  outcome: z.enum(SITE_STATES).optional(),
  limit: pageLimit(100, 1000),
  cursor: pageCursor(z.string().max(260)),
});
type SitesQuery = z.output<typeof sitesQuery>;

@V1Controller('jobs', 'results')
export class SitesController {
  constructor(
    private readonly jobs: JobsService,
    private readonly store: SitesStore,
  ) {}

  @Get(':id/sites')
  @ApiOperation({
    summary: 'List the sites and what became of them',
    description: 'Every site of the job exactly once.',
  })
  @Answers(200, sitePage, 'A page of sites, by host.')
  @Problems(404, 422)
  async listSites(
    @AccountId() accountId: string,
    @Param('id') id: string,
    @Query({ schema: sitesQuery }) query: SitesQuery,
  ): Promise<SitePage> {
    const job = await this.jobs.get(accountId, id);
    const sites = await this.collect(job, query);
    return cutPage(
      sites,
      query.limit,
      (site) => site.host,
      (site) => site,
    );
  }

  /** Up to `limit + 1` sites. Most outcomes stand in no row, so a filter reads on until enough of them match. */
  private async collect(job: JobRow, { outcome, limit, cursor = '' }: SitesQuery): Promise<SiteView[]> {
    const scan = outcome === undefined ? limit + 1 : SCAN;
    const found: SiteView[] = [];
    for (let after = cursor; ;) {
      const rows = await this.store.list(job, after, scan);
      found.push(
        ...rows.map((row) => viewSite(job, row)).filter((site) => outcome === undefined || site.outcome === outcome),
      );
      const last = rows.at(-1);
      if (!last || rows.length < scan || found.length > limit) return found;
      after = last.host;
    }
  }
}
