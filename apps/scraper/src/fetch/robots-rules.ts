import { z } from 'zod';
import { MAX_URL_LENGTH } from '#common/domain/site.js';
import { patternOfRule, withPlainQuery } from './robots-path.js';
import { nextTurn } from '../next-turn.js';

/** The product token that rules may address, in lower case. */
export const TOKEN = 'gleaner';
/** Crawl-delay beyond this would let one file stall a job for days. */
const MAX_CRAWL_DELAY_MS = 30_000;
const MAX_SITEMAPS = 10;
/** Of one group. No honest file comes near it; each page would pay for them all, so more are taken as "stay out". */
export const MAX_RULES = 10_000;

/** What one robots.txt says to us: plain data, so that replicas can share it as JSON. */
export const robotsRules = z.object({
  /** Of this format; another one is read as no entry. */
  version: z.literal(1),
  /** `+` (allow) or `-` (disallow) and a pattern (see patternOfRule). In order of precedence: the first match decides. */
  rules: z.array(z.string().min(2)).max(MAX_RULES),
  /** There were more than MAX_RULES: `rules` says that nothing is allowed (also to versions that know no such flag). */
  hasTooMany: z.boolean().optional(),
  crawlDelayMs: z.number().min(0).max(MAX_CRAWL_DELAY_MS),
  /** Absolute URLs, of any host. */
  sitemaps: z.array(z.string()),
});
export type RobotsRules = z.infer<typeof robotsRules>;

type LineName = 'agent' | 'allow' | 'disallow' | 'delay' | 'sitemap';

/** With the typing errors that the largest search engine's parser forgives: their authors never noticed them. */
const LINE_NAMES: ReadonlyMap<string, LineName> = new Map([
  ['user-agent', 'agent'],
  ['useragent', 'agent'],
  ['user agent', 'agent'],
  ['allow', 'allow'],
  ['disallow', 'disallow'],
  ['dissallow', 'disallow'],
  ['dissalow', 'disallow'],
  ['disalow', 'disallow'],
  ['diasllow', 'disallow'],
  ['disallaw', 'disallow'],
  ['crawl-delay', 'delay'],
  ['sitemap', 'sitemap'],
  ['site-map', 'sitemap'],
]);
/** A few ms of a file that is nothing but rules. */
const LINES_AT_ONCE = 2_000;
const LONGEST_NAME = 40;
const SHORTEST_LINE = 'allow:'.length;

/** What the groups of a file that speak to one agent say, merged. */
class Group {
  readonly rules: string[] = [];
  delayMs = 0;
  hasTooMany = false;

  add(rule: string): void {
    if (this.rules.length < MAX_RULES) this.rules.push(rule);
    else this.hasTooMany = true;
  }
}

/**
 * Reads a robots.txt (RFC 9309). Whatever makes no sense is skipped; only rules end a group's list of agents, so that
 * other lines (Sitemap, Crawl-delay, Host) never split a group. `isCut`: the end is missing, so the last line means
 * nothing ("Disallow: /" may have been "Disallow: /private"). A large file is read with pauses.
 */
export async function parseRobots(text: string, isCut: boolean): Promise<RobotsRules> {
  const reader = new RulesReader();
  const lines = splitLines(text);
  if (isCut) lines.pop();
  for (const [index, line] of lines.entries()) {
    if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await nextTurn();
    reader.read(line);
  }
  if (lines.length > LINES_AT_ONCE) await nextTurn();
  return reader.finish();
}

class RulesReader {
  private readonly ours = new Group();
  private readonly everybodys = new Group();
  private readonly sitemaps = new Set<string>();
  private readonly addressed = new Set<Group>();
  private hasRules = false;
  private isOurs = false;

  read(line: string): void {
    const [name, value] = splitLine(line);
    switch (LINE_NAMES.get(name.toLowerCase())) {
      case 'agent':
        return this.addAgent(value);
      case 'allow':
        return this.addRule('+', value);
      case 'disallow':
        return this.addRule('-', value);
      case 'delay':
        for (const group of this.addressed) group.delayMs = Math.max(group.delayMs, parseDelay(value));
        return;
      case 'sitemap':
        if (this.sitemaps.size < MAX_SITEMAPS && isWebUrl(value)) this.sitemaps.add(new URL(value).href);
        return;
      case undefined:
    }
  }

  finish(): RobotsRules {
    const { rules, delayMs, hasTooMany } = this.isOurs ? this.ours : this.everybodys;
    const sitemaps = [...this.sitemaps];
    if (hasTooMany) return { version: 1, rules: ['-/'], hasTooMany, crawlDelayMs: delayMs, sitemaps };
    return { version: 1, rules: rules.sort(byPrecedence), crawlDelayMs: delayMs, sitemaps };
  }

  private addAgent(name: string): void {
    if (this.hasRules) this.addressed.clear();
    this.hasRules = false;
    if (isEverybody(name)) this.addressed.add(this.everybodys);
    if (!isUs(name)) return;
    this.isOurs = true;
    this.addressed.add(this.ours);
  }

  /** An empty path ("nothing is disallowed") is a rule that never matches; so is one that no URL's path begins with. */
  private addRule(sign: '+' | '-', path: string): void {
    this.hasRules = true;
    if (this.addressed.size === 0 || !/^[/*]/.test(path)) return;
    const pattern = patternOfRule(path);
    const plain = withPlainQuery(pattern);
    for (const group of this.addressed) {
      group.add(sign + pattern);
      if (plain !== pattern) group.add(sign + plain);
    }
  }
}

/** CRLF gives an empty line more, which means nothing; a byte order mark goes with the spaces around a name. */
function splitLines(text: string): string[] {
  return text.replaceAll('\r', '\n').split('\n');
}

/** Name and value; empty for a line that has none. */
function splitLine(line: string): [name: string, value: string] {
  if (line.length < SHORTEST_LINE) return ['', ''];
  const comment = line.indexOf('#');
  const content = comment < 0 ? line : line.slice(0, comment);
  const colon = content.indexOf(':');
  if (colon > LONGEST_NAME) return ['', ''];
  if (colon >= 0) return [content.slice(0, colon).trim(), content.slice(colon + 1).trim()];
  // A forgotten colon is forgiven where there is nothing else on the line that it could be.
  const [name = '', value = '', ...rest] = content.trim().split(/\s+/, 3);
  return value === '' || rest.length > 0 ? ['', ''] : [name, value];
}

function isEverybody(value: string): boolean {
  return /^\*(?:\s|$)/.test(value);
}

/** The token ends where its alphabet does: `Gleaner/1.0` is us, `Gleaner-Image` is somebody else. */
function isUs(value: string): boolean {
  return /^[A-Za-z_-]*/.exec(value)?.[0].toLowerCase() === TOKEN;
}

/** The longest pattern first; of two as long, the one that allows (`+` is before `-`). */
function byPrecedence(a: string, b: string): number {
  return b.length - a.length || a.charCodeAt(0) - b.charCodeAt(0);
}

/** `10`, `2.5`, `10s`; 0 for anything that is no delay. */
function parseDelay(value: string): number {
  const seconds = Number.parseFloat(value);
  return seconds > 0 ? Math.min(Math.round(seconds * 1000), MAX_CRAWL_DELAY_MS) : 0;
}

function isWebUrl(text: string): boolean {
  return text.length <= MAX_URL_LENGTH && /^https?:\/\//i.test(text) && URL.canParse(text);
}
