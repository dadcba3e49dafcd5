import { pathOfPage, withPlainQuery } from './robots-path.js';
import { MAX_RULES, parseRobots, robotsRules, type RobotsRules } from './robots-rules.js';
import { nextTurn } from '../next-turn.js';

/**
 * Characters of matching that one question may cost: some 20 ms. No honest file comes near it (a thousand
 * wildcard rules for a path of a hundred characters cost a fortieth); a file made to be slow is taken as "stay out".
 */
const MAX_STEPS = 3_000_000;
/** What looking for one piece of a pattern costs at least, in the same measure; so does a rule without wildcards. */
const STEPS_PER_PIECE = 16;
/** What one rule weighs in memory beside its text. */
const CHARS_PER_RULE = 32;
/** Files as long are read with pauses. */
const LARGE_CHARS = 64 * 1024;
const TOO_MANY = `it has more than ${MAX_RULES} rules, so all is taken as disallowed`;
const TOO_COSTLY = 'its rules are too costly to obey, so all is taken as disallowed';

/** What robots.txt says about one page. */
export interface RobotsDecision {
  isAllowed: boolean;
  /** The rule that decided, as `Disallow: /private`, or why the file is too much to obey; null where none applies. */
  rule: string | null;
}

/** The rules of one robots.txt for our user agent. */
export class RobotsTxt {
  /** What RFC 9309 assumes where the server says there is no such file. */
  static readonly ALLOW_ALL = new RobotsTxt({ version: 1, rules: [], crawlDelayMs: 0, sitemaps: [] });
  /** What RFC 9309 assumes where the file exists, perhaps, but cannot be had. */
  static readonly DISALLOW_ALL = new RobotsTxt({ version: 1, rules: ['-/'], crawlDelayMs: 0, sitemaps: [] });

  private constructor(private readonly rules: RobotsRules) {}

  /** `isCut`: the text is only the beginning of the file. By way of JSON, so that no rule keeps the whole text alive. */
  static async parse(text: string, isCut = false): Promise<RobotsTxt> {
    const json = JSON.stringify(await parseRobots(text, isCut));
    if (json.length > LARGE_CHARS) await nextTurn();
    return new RobotsTxt(JSON.parse(json) as RobotsRules);
  }

  /** Throws where the text is not what toJson() has written. */
  static fromJson(json: string): RobotsTxt {
    return new RobotsTxt(robotsRules.parse(JSON.parse(json)));
  }

  toJson(): string {
    return JSON.stringify(this.rules);
  }

  /** Milliseconds between two fetches, at most 30,000; 0 = no wish. */
  get crawlDelayMs(): number {
    return this.rules.crawlDelayMs;
  }

  /** The absolute `Sitemap:` URLs, at most 10, of any host. */
  get sitemaps(): readonly string[] {
    return this.rules.sitemaps;
  }

  /** What the rules take of memory, in characters. */
  get weight(): number {
    return this.rules.rules.reduce((sum, rule) => sum + rule.length + CHARS_PER_RULE, CHARS_PER_RULE);
  }

  isAllowed(page: string): boolean {
    return this.decide(page).isAllowed;
  }

  decide(page: string): RobotsDecision {
    const path = pathOfPage(page);
    // RFC 9309, 2.2.2: implicitly allowed.
    if (path === '/robots.txt') return { isAllowed: true, rule: null };
    if (this.rules.hasTooMany === true) return { isAllowed: false, rule: TOO_MANY };
    const budget = { steps: MAX_STEPS };
    const plain = withPlainQuery(path);
    for (const rule of this.rules.rules) {
      const pattern = rule.slice(1);
      if (matches(pattern, path, budget) || (plain !== path && matches(pattern, plain, budget))) return decideBy(rule);
      if (budget.steps < 0) return { isAllowed: false, rule: TOO_COSTLY };
    }
    return { isAllowed: true, rule: null };
  }
}

function decideBy(rule: string): RobotsDecision {
  const isAllowed = rule.startsWith('+');
  return { isAllowed, rule: `${isAllowed ? 'Allow' : 'Disallow'}: ${rule.slice(1)}` };
}

/**
 * Whether the pattern fits a beginning of the path, or all of it where it ends in `$`. Piece by piece between the
 * wildcards, each at its first place, which is always the best one: nothing is ever tried twice.
 */
function matches(pattern: string, path: string, budget: { steps: number }): boolean {
  budget.steps -= STEPS_PER_PIECE;
  const isAnchored = pattern.endsWith('$');
  const end = isAnchored ? pattern.length - 1 : pattern.length;
  let star = pattern.indexOf('*');
  if (star < 0) return isAnchored ? path === pattern.slice(0, end) : path.startsWith(pattern);
  if (!path.startsWith(pattern.slice(0, star))) return false;
  budget.steps -= path.length;
  let at = star;
  while (star >= 0 && star < end) {
    const next = pattern.indexOf('*', star + 1);
    const piece = pattern.slice(star + 1, next < 0 ? end : next);
    budget.steps -= STEPS_PER_PIECE;
    if (next < 0 && isAnchored) return path.length - piece.length >= at && path.endsWith(piece);
    at = path.indexOf(piece, at);
    if (at < 0 || budget.steps < 0) return false;
    at += piece.length;
    star = next;
  }
  return true;
}
