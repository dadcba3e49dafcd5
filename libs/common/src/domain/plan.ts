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

/** Addresses that a slice of a source is taken to lead to before any has been read (a result page of the first system). */
const EXPECTED_YIELD = 20;

/** What a job that finds its sites in waves has come to. */
export interface WaveFacts {
  target: number;
  found: number;
  /** Slices that are read, and those that are not yet. */
  done: number;
  open: number;
  workerCount: number;
}

/**
 * Slices of the next wave: as many as the addresses still wanted take at what a slice has led to so far, those counted in
 * that are being read. 0 = wait for these: a request too many may cost money, and a wave is not worth it for a few.
 */
export function countNextWave({ target, found, done, open, workerCount }: WaveFacts): number {
  if (2 * open > workerCount) return 0;
  const perSlice = done === 0 ? EXPECTED_YIELD : Math.max(1, found / done);
  const missing = target - found - open * perSlice;
  return missing <= 0 ? 0 : clamp(Math.ceil(missing / perSlice), 0, workerCount - open);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
