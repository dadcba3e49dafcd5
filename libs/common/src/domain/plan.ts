/** The most chunks one job may have in flight: 50 workers per 1,000 wanted addresses, at least 1, at most `maxWorkers`. */
export function countWorkers(wanted: number, maxWorkers: number): number {
  return clamp(Math.ceil((wanted * 50) / 1000), 1, maxWorkers);
}

/** Number of distinct sites in one chunk of a `sites`, `sitemap` or `commoncrawl` job: 1 to 100. */
export function countSitesPerChunk(sites: number, workerCount: number): number {
  return clamp(Math.ceil(sites / workerCount), 1, 100);
}

/** What the orchestrator writes when it plans a job: `wanted` is the target where given, else the number of sites. */
export function planJob(job: { target: number | null; sites: number; maxWorkers: number }): {
  workerCount: number;
  sitesPerChunk: number;
  chunks: number;
} {
  const workerCount = countWorkers(job.target ?? job.sites, job.maxWorkers);
  const sitesPerChunk = countSitesPerChunk(job.sites, workerCount);
  return { workerCount, sitesPerChunk, chunks: Math.ceil(job.sites / sitesPerChunk) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
