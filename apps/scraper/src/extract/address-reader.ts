import type { Address } from '#common/domain/address.js';
import { scanAddresses, type ScanOptions } from './text/address-scan.js';
import { CandidateParser } from './text/candidate-parser.js';
import { cloudflareLinkHex, decodeCloudflare } from './encodings/cloudflare.js';
import type { FindingSet } from './finding-set.js';
import type { FindingFlag, Method } from './finding.js';
import { readJsonTexts } from './encodings/json-ld.js';
import { isMailto, readMailto } from './encodings/mailto.js';
import { dropInvisible, scanText } from './text/text-scan.js';

/** `href="info@a.example"`: the scheme was forgotten. */
const BARE_ADDRESS = /^\s*[^:/?#\s@]{1,64}@[^:/?#\s@]{3,255}\s*$/;

/** Turns the places where a page keeps addresses into findings: one method per kind of place. */
export class AddressReader {
  private readonly parser = new CandidateParser();

  constructor(private readonly findings: FindingSet) {}

  readText(source: string, method: Method, options: ScanOptions = {}): void {
    const { text, candidates } = scanText(source, this.parser, options);
    for (const { address, start, end, method: scanned } of candidates) {
      this.findings.add(address, scanned === 'text' ? method : scanned, { text, start, end });
    }
  }

  readAttribute(value: string, method: Method, flags: readonly FindingFlag[] = []): void {
    for (const { address, start, end } of scanAddresses(value, this.parser)) {
      this.findings.add(address, method, { text: value, start, end }, flags);
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
    const address = this.parser.parse(dropInvisible(text).trim());
    if (address !== null) return this.addAfter(context, address, method);
    for (const candidate of scanAddresses(text, this.parser)) this.addAfter(context, candidate.address, method);
  }

  private addAfter(context: string, address: Address, method: Method): void {
    const text = `${context} ${address.address}`;
    this.findings.add(address, method, { text, start: context.length + 1, end: text.length });
  }
}
