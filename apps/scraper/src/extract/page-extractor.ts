import { Injectable } from '@nestjs/common';
import { AddressReader, MAX_CHARS_NOW } from './address-reader.js';
import { FindingSet } from './finding-set.js';
import type { PageFindings } from './finding.js';
import { readHtml } from './html-reader.js';
import { readJsonTexts } from './encodings/json-ld.js';
import { MAX_INNER_PAGES, PageScan } from './page-scan.js';
import type { PageStyles } from './page-styles.js';
import { TextBlocks } from './text/text-blocks.js';
import { PageTurns } from './page-turns.js';
import { ScriptCollector } from './scripts/script-collector.js';
import { ScriptRunner } from './scripts/script-runner.js';
import { readStructures } from './structures.js';
import { Semaphore } from '../semaphore.js';

const SLICE_CHARS = 16 * 1024;
/** An escape of JSON that matters beside an address. */
const JSON_ESCAPE = /\\(?:u[\dA-Fa-f]{4}|["\\/bfnrt])/g;
const LONGEST_ESCAPE = '\\u0040'.length;
/** Longer pages are read few at a time: all at once, each would hold its memory until the last of them is done. */
const LARGE_CHARS = 64 * 1024;
const LARGE_AT_ONCE = 2;
/** Documents of one page whose scripts are run: itself, and one in it. */
const MAX_SCRIPT_RUNS = 2;
const SCRIPT_METHODS = { state: 'state', literal: 'script-text', encoder: 'encoder' } as const;

/** What a page without markup comes to, its addresses aside. */
const BARE_PAGE: Omit<PageFindings, 'findings'> = {
  links: [],
  hasContactForm: false,
  scriptOnly: false,
  canonical: null,
  noindex: false,
  noHarvest: false,
  isOverBudget: false,
  fingerprint: '',
};

/** A page as fetched, as far as extraction cares. */
export interface SourcePage {
  url: string;
  kind: 'html' | 'text' | 'json';
  text: string;
  /** Not null where the end is missing: the last word may be half an address. */
  cut: string | null;
}

/** Reads addresses, links and signals out of a page. Never throws for what a page contains. */
@Injectable()
export class PageExtractor {
  private readonly large = new Semaphore(LARGE_AT_ONCE);
  private readonly scripts = new ScriptRunner();

  async extractPage(page: SourcePage, signal: AbortSignal = new AbortController().signal): Promise<PageFindings> {
    if (page.text.length <= LARGE_CHARS) return this.readPage(page, signal);
    const turn = await this.large.acquire(1, signal);
    try {
      return await this.readPage(page, signal);
    } finally {
      turn.release();
    }
  }

  /** Ends the thread that runs scripts. */
  close(): Promise<void> {
    return this.scripts.close();
  }

  private async readPage(page: SourcePage, signal: AbortSignal): Promise<PageFindings> {
    const text = page.cut === null ? page.text : dropLastWord(page.text);
    const findings = new FindingSet();
    const reader = new AddressReader(findings);
    const turns = new PageTurns(signal);
    if (page.kind === 'html')
      return this.readHtmlPage({ ...page, text }, findings, { reader, turns, signal, runsLeft: MAX_SCRIPT_RUNS });
    const parsed = page.kind === 'json' ? parseJson(text) : text;
    await (parsed === null ? readRawJson(text, reader, turns) : readPlain(parsed, reader, turns));
    return { ...BARE_PAGE, findings: findings.list(), isOverBudget: turns.isOverBudget };
  }

  private async readHtmlPage({ url, text }: SourcePage, findings: FindingSet, read: Reading): Promise<PageFindings> {
    const { reader, turns } = read;
    const scan = new PageScan(reader);
    scan.signals.useUrl(url);
    scan.links.useUrl(url);
    await readHtml(text, scan, turns);
    scan.finish();
    await this.readScripts(text, scan, read);
    await this.readInnerPages(scan.innerPages, read);
    await readLateTexts(reader, turns);
    if (scan.structures.areReadable(text.length)) await turns.take(() => readStructures(text, reader));
    const { hasContactForm, scriptOnly, noindex } = scan.signals;
    return {
      findings: findings.list(),
      links: scan.links.resolve(url),
      hasContactForm,
      scriptOnly,
      canonical: scan.links.resolveCanonical(url),
      noindex,
      noHarvest: scan.notice.isForbidden,
      isOverBudget: turns.isOverBudget,
      fingerprint: scan.signals.finishFingerprint(),
    };
  }

  /** Documents in the page, and in those. */
  private async readInnerPages(pages: readonly string[], read: Reading): Promise<void> {
    const waiting = [...pages];
    for (let index = 0; index < Math.min(waiting.length, MAX_INNER_PAGES); index += 1) {
      const html = waiting[index]!;
      const scan = await readInner(html, read.reader, read.turns);
      await this.readScripts(html, scan, read);
      waiting.push(...scan.innerPages);
    }
  }

  /** What scripts say: as it stands, by known encoders, and by running those that look like building an address. */
  private async readScripts(html: string, scan: PageScan, read: Reading): Promise<void> {
    const { scripts } = scan;
    const { reader, turns, signal } = read;
    for (const { text, kind } of scripts.texts())
      await turns.take(() => reader.readScriptText(text, SCRIPT_METHODS[kind]));
    if (!scripts.isWorthRunning || read.runsLeft === 0) return;
    read.runsLeft -= 1;
    const collector = new ScriptCollector('second');
    await readHtml(html, collector, turns);
    const said = await this.scripts.run(collector.finish(), signal);
    if (said.timedOut) read.runsLeft = 0;
    const written = reader.readerOf('script');
    for (const markup of said.html) await readInner(markup, written, turns, scan.styles);
    for (const text of said.texts) await turns.take(() => written.readScriptText(text, 'script'));
  }
}

/** What the parts of one page's reading share. */
interface Reading {
  reader: AddressReader;
  turns: PageTurns;
  signal: AbortSignal;
  /** Documents of the page whose scripts may still be run. */
  runsLeft: number;
}

/** A document within the page, for its addresses only. */
async function readInner(
  html: string,
  reader: AddressReader,
  turns: PageTurns,
  styles?: PageStyles,
): Promise<PageScan> {
  const scan = new PageScan(reader, styles);
  await readHtml(html, scan, turns);
  scan.finish();
  return scan;
}

/** What waited for the end of the pass: long texts in slices. */
async function readLateTexts(reader: AddressReader, turns: PageTurns): Promise<void> {
  for (const late of reader.late.take()) {
    const blocks = new TextBlocks(({ text }) => reader.readLate({ ...late, text }));
    if (late.text.length <= MAX_CHARS_NOW) await turns.take(() => reader.readLate(late));
    else await readSlices(late.text, blocks, turns);
  }
}

async function readSlices(text: string, blocks: TextBlocks, turns: PageTurns): Promise<void> {
  for (let start = 0; start < text.length; start += SLICE_CHARS) {
    const goesOn = await turns.take(() => blocks.addText(text.slice(start, start + SLICE_CHARS)));
    if (!goesOn) return;
  }
  await turns.take(() => blocks.flush());
}

function readPlain(text: string, reader: AddressReader, turns: PageTurns): Promise<void> {
  return readSlices(text, new TextBlocks((run) => reader.readText(run.text, 'text')), turns);
}

/** JSON that does not parse, or is too long for it: as text, without the escapes that would be read as letters. */
async function readRawJson(json: string, reader: AddressReader, turns: PageTurns): Promise<void> {
  const blocks = new TextBlocks((run) => reader.readText(run.text, 'text'));
  for (let start = 0; start < json.length;) {
    const slice = sliceOfJson(json, start);
    const goesOn = await turns.take(() => blocks.addText(slice.replace(JSON_ESCAPE, unescapeJson)));
    if (!goesOn) return;
    start += slice.length;
  }
  blocks.flush();
}

function unescapeJson(escape: string): string {
  return escape.startsWith('\\u') ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : ' ';
}

/** No escape is cut in two. */
function sliceOfJson(json: string, start: number): string {
  const slice = json.slice(start, start + SLICE_CHARS);
  const lastEscape = slice.lastIndexOf('\\');
  const isCut = slice.length === SLICE_CHARS && lastEscape > SLICE_CHARS - LONGEST_ESCAPE;
  return isCut ? slice.slice(0, lastEscape) : slice;
}

/** The strings of a JSON document as lines, so that its escapes (`\n`, `\u0040`) are no part of an address. */
function parseJson(json: string): string | null {
  const texts = readJsonTexts(json);
  return texts === null ? null : texts.map(({ text }) => text).join('\n');
}

function dropLastWord(text: string): string {
  const tail = text.slice(-4096);
  const keep = Math.max(tail.lastIndexOf('>'), tail.lastIndexOf(' '), tail.lastIndexOf('\n'));
  return text.slice(0, text.length - tail.length + keep + 1);
}
