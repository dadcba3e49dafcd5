import { Injectable } from '@nestjs/common';
import { AddressReader } from './address-reader.js';
import { FindingSet } from './finding-set.js';
import type { PageFindings } from './finding.js';
import { readHtml } from './html-reader.js';
import { readJsonTexts } from './json-ld.js';
import { PageScan } from './page-scan.js';
import { TextBlocks } from './text-blocks.js';
import { nextTurn } from '../next-turn.js';
import { Semaphore } from '../semaphore.js';

const SLICE_CHARS = 16 * 1024;
/** Longer pages are read few at a time: all at once, each would hold its memory until the last of them is done. */
const LARGE_CHARS = 64 * 1024;
const LARGE_AT_ONCE = 4;
const NEVER = new AbortController().signal;

/** What a page without markup comes to, its addresses aside. */
const BARE_PAGE: Omit<PageFindings, 'findings'> = {
  links: [],
  hasContactForm: false,
  scriptOnly: false,
  canonical: null,
  noindex: false,
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

  async extractPage(page: SourcePage, signal: AbortSignal = NEVER): Promise<PageFindings> {
    if (page.text.length <= LARGE_CHARS) return this.readPage(page, signal);
    const turn = await this.large.acquire(1, signal);
    try {
      return await this.readPage(page, signal);
    } finally {
      turn.release();
    }
  }

  private async readPage(page: SourcePage, signal: AbortSignal): Promise<PageFindings> {
    const text = page.cut === null ? page.text : dropLastWord(page.text);
    const findings = new FindingSet();
    const reader = new AddressReader(findings);
    if (page.kind !== 'html') {
      await readPlain(page.kind === 'json' ? jsonToText(text) : text, reader, signal);
      return { ...BARE_PAGE, findings: findings.list() };
    }
    const scan = new PageScan(reader);
    scan.signals.useUrl(page.url);
    scan.links.useUrl(page.url);
    await readHtml(text, scan, signal);
    scan.finish();
    const { hasContactForm, scriptOnly, noindex } = scan.signals;
    return {
      findings: findings.list(),
      links: scan.links.resolve(page.url),
      hasContactForm,
      scriptOnly,
      canonical: scan.links.resolveCanonical(page.url),
      noindex,
      fingerprint: scan.signals.finishFingerprint(),
    };
  }
}

async function readPlain(text: string, reader: AddressReader, signal?: AbortSignal): Promise<void> {
  const blocks = new TextBlocks((run) => reader.readText(run.text, 'text'));
  for (let start = 0; start < text.length; start += SLICE_CHARS) {
    if (start > 0) {
      await nextTurn();
      signal?.throwIfAborted();
    }
    blocks.addText(text.slice(start, start + SLICE_CHARS));
  }
  blocks.flush();
}

/** The strings of a JSON document as lines, so that its escapes (`\n`, `\u0040`) are no part of an address. */
function jsonToText(json: string): string {
  return (
    readJsonTexts(json)
      ?.map(({ text }) => text)
      .join('\n') ?? json
  );
}

function dropLastWord(text: string): string {
  const tail = text.slice(-4096);
  const keep = Math.max(tail.lastIndexOf('>'), tail.lastIndexOf(' '), tail.lastIndexOf('\n'));
  return text.slice(0, text.length - tail.length + keep + 1);
}
