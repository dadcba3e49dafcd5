import type { Address } from '#common/domain/address.js';
import { scanAddresses, type ScanOptions } from './address-scan.js';
import { CandidateParser } from './candidate-parser.js';
import { cloudflareLinkHex, decodeCloudflare } from './cloudflare.js';
import type { FindingSet } from './finding-set.js';
import type { Method } from './finding.js';
import { readJsonTexts } from './json-ld.js';
import { isMailto, readMailto } from './mailto.js';
import { scanObfuscated } from './obfuscated-text.js';

/** Characters that are drawn as nothing: zero-width, soft hyphen, direction marks. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const NEEDS_FOLDING = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\uff01-\uff5e]/;
/** `href="info@a.example"`: the scheme was forgotten. */
const BARE_ADDRESS = /^\s*[^:/?#\s@]{1,64}@[^:/?#\s@]{3,255}\s*$/;

/** Turns the places where a page keeps addresses into findings: one method per kind of place. */
export class AddressReader {
  private readonly parser = new CandidateParser();

  constructor(private readonly findings: FindingSet) {}

  readText(text: string, method: Method, options: ScanOptions = {}): void {
    const folded = NEEDS_FOLDING.test(text) ? foldText(text) : text;
    // Folding moves the offsets: where both occur, glued neighbours are left to the other rules.
    const joins = folded === text ? options.joins : undefined;
    for (const { address, start, end } of scanAddresses(folded, this.parser, { ...options, ...(joins && { joins }) })) {
      this.findings.add(address, method, { text: folded, start, end });
    }
    for (const { address, start, end } of scanObfuscated(folded, this.parser)) {
      this.findings.add(address, 'obfuscated-text', { text: folded, start, end });
    }
  }

  readAttribute(value: string, method: Method, options: { placeholder?: boolean } = {}): void {
    for (const { address, start, end } of scanAddresses(value, this.parser)) {
      this.findings.add(address, method, { text: value, start, end }, options);
    }
  }

  /** A link's target: `mailto:`, a forgotten `mailto:`, or Cloudflare's cloak. */
  readHref(href: string, context: string): void {
    if (isMailto(href)) for (const recipient of readMailto(href)) this.readRecipient(recipient, context);
    else if (BARE_ADDRESS.test(href)) this.readRecipient(href, context);
    else this.readCloudflare(cloudflareLinkHex(href) ?? '', context);
  }

  readCloudflare(hex: string, context: string): void {
    const text = decodeCloudflare(hex);
    if (text === null) return;
    for (const { address } of scanAddresses(text, this.parser)) this.addAfter(context, address, 'cloudflare');
  }

  readJsonLd(json: string): void {
    const texts = readJsonTexts(json);
    if (texts === null) return this.readAttribute(json, 'json-ld');
    for (const { text, isEmail } of texts) {
      if (isEmail) this.readRecipient(text.replace(/^\s*mailto:/i, ''), '', 'json-ld');
      else this.readAttribute(text, 'json-ld');
    }
  }

  /** Here the author says "this is an address": syntax and suffix decide, not the surroundings. */
  private readRecipient(text: string, context: string, method: Method = 'mailto'): void {
    const address = this.parser.parse(text.replace(INVISIBLE, '').trim());
    if (address !== null) return this.addAfter(context, address, method);
    for (const candidate of scanAddresses(text, this.parser)) this.addAfter(context, candidate.address, method);
  }

  private addAfter(context: string, address: Address, method: Method): void {
    const text = `${context} ${address.address}`;
    this.findings.add(address, method, { text, start: context.length + 1, end: text.length });
  }
}

/** Removes invisible characters and turns full-width forms into ASCII: what a reader sees (and would type). */
function foldText(text: string): string {
  return text.replace(INVISIBLE, '').replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}
