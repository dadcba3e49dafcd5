import robotsParser from 'robots-parser';

// The package is CommonJS while its types claim an ES default export.
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

/** The product token that rules may address. */
const TOKEN = 'Gleaner';
/** Crawl-delay beyond this would let one file stall a job for days. */
const MAX_CRAWL_DELAY_MS = 30_000;
/**
 * Matching a wildcard rule costs (rule length × path length); this much of them keeps a check under some 100 ms even
 * for the longest path. No honest file comes near it, a hostile one is taken as "stay out".
 */
const MAX_WILDCARD_CHARS = 64 * 1024;

type Ruling = { isAllowed(url: string): boolean; crawlDelayMs: number };

/** The rules of one robots.txt for our user agent. */
export class RobotsTxt {
  /** What RFC 9309 assumes where the server says there is no such file. */
  static readonly ALLOW_ALL = new RobotsTxt({ isAllowed: () => true, crawlDelayMs: 0 });
  /** What RFC 9309 assumes where the file exists, perhaps, but cannot be had. */
  static readonly DISALLOW_ALL = new RobotsTxt({ isAllowed: () => false, crawlDelayMs: 0 });

  private constructor(private readonly ruling: Ruling) {}

  static parse(url: string, text: string): RobotsTxt {
    if (countWildcardChars(text) > MAX_WILDCARD_CHARS) return RobotsTxt.DISALLOW_ALL;
    const robots = parseRobots(url, text);
    const delaySeconds = robots.getCrawlDelay(TOKEN) ?? 0;
    const crawlDelayMs = Math.min(Math.max(0, delaySeconds * 1000), MAX_CRAWL_DELAY_MS);
    return new RobotsTxt({ isAllowed: (page) => robots.isAllowed(page, TOKEN) !== false, crawlDelayMs });
  }

  get crawlDelayMs(): number {
    return this.ruling.crawlDelayMs;
  }

  isAllowed(url: string): boolean {
    return this.ruling.isAllowed(url);
  }
}

function countWildcardChars(text: string): number {
  return text
    .split(/[\r\n]+/)
    .reduce((sum, line) => sum + (line.includes('*') && line.includes('/') ? line.length : 0), 0);
}
