import type { Address } from '#common/domain/address.js';
import { reverseText, rot13 } from './encodings/ciphers.js';
import { decodeAttribute, isCipherName, mayBeEncoded } from './encodings/encoded-attribute.js';
import { cloudflareLinkHex, decodeCloudflare } from './encodings/cloudflare.js';
import { readJsonTexts } from './encodings/json-ld.js';
import { isMailto, readMailto } from './encodings/mailto.js';
import { decodePercent } from './encodings/percent.js';
import { readVcardLink } from './encodings/vcard.js';
import type { FindingSet, Spot } from './finding-set.js';
import type { FindingFlag, Method } from './finding.js';
import { AT_ICON, resolveAtIcons } from './at-icon.js';
import { LateTexts, type LateText } from './late-texts.js';
import { scanAddresses, type ScanOptions } from './text/address-scan.js';
import { CandidateParser } from './text/candidate-parser.js';
import { scanRecipient, scanText } from './text/text-scan.js';
import { isTrap } from './trap.js';

/** `href="info@a.example"`: the scheme was forgotten. */
const BARE_ADDRESS = /^\s*[^:/?#\s@]{1,64}@[^:/?#\s@]{3,255}\s*$/;
/** `mailto:` in rot13, or from its end. */
const TURNED_MAILTO = /^[^]{0,8}znvygb:|:otliam[^]{0,8}$/i;
/** `http://info@a.example`: the wrong scheme was written; a user with a path or a password is one. */
const HTTP_USER = /^\s*https?:\/\/[\w.+-]{1,64}@[^:/?#\s@]{3,255}\/?\s*$/i;
/** A link that opens a letter in somebody's web mail. */
const COMPOSE_LINK = /^https?:\/\/(?:mail\.google|outlook\.(?:live|office)|compose\.mail\.yahoo)\.com\//i;
/** What an attribute must hold for an address to be in it, as it stands or written for people only. */
const MAY_HOLD_ADDRESS = /[@＠([{]|%40|&#|\\u0040|\b(?:at|dot)\b/i;
/** The words before a link, for the evidence; asked for only where there is something to show. */
export type Context = () => string;
export const NO_CONTEXT: Context = () => '';
/** Longer texts wait for the end of the pass over the page. */
export const MAX_CHARS_NOW = 4096;
/** Of JSON that cannot be parsed. */
const MAX_BROKEN_JSON_CHARS = 64 * 1024;
const FLAGLESS: readonly FindingFlag[] = [];
const HONEYPOT: readonly FindingFlag[] = ['honeypot'];

export interface TextOptions extends ScanOptions {
  /** Offsets at which text begins that a style sheet wrote. */
  generated?: ReadonlySet<number>;
}

/** Turns the places where a page keeps addresses into findings: one method per kind of place. */
export class AddressReader {
  /** What holds for all that is read now, by the element it stands in. */
  flags: readonly FindingFlag[] = FLAGLESS;

  /** `as`: the one method of all that is read, where the place itself was found by it. */
  constructor(
    private readonly findings: FindingSet,
    private readonly parser = new CandidateParser(),
    private readonly as: Method | null = null,
    readonly late = new LateTexts(),
  ) {}

  /** Reads a part of the page that was found by `method`: its findings join those of the page. */
  readerOf(method: Method): AddressReader {
    return new AddressReader(this.findings, this.parser, method, this.late);
  }

  readText(source: string, method: Method, options: TextOptions = {}): void {
    const { text, candidates } = scanText(resolveAtIcons(source), this.parser, options);
    for (const { address, start, end, method: scanned } of candidates) {
      const isDrawn = text.length === source.length && source.slice(start, end).includes(AT_ICON);
      const written = isGenerated(options.generated, start, end) ? 'css' : isDrawn ? 'obfuscated-text' : null;
      this.add(address, written ?? (scanned === 'text' ? method : scanned), { text, start, end });
    }
  }

  /** A value that is text for people, or data for scripts. */
  readAttribute(value: string, method: Method, flags: readonly FindingFlag[] = FLAGLESS): void {
    if (!MAY_HOLD_ADDRESS.test(value)) return;
    if (value.length > MAX_CHARS_NOW) return this.readLater(value, method, flags);
    const { text, candidates } = scanText(value, this.parser);
    for (const { address, start, end, method: scanned } of candidates) {
      this.add(address, scanned === 'text' ? method : scanned, { text, start, end }, flags);
    }
  }

  /** A value that may be an address in a cipher. True where it is one. */
  readEncoded(name: string, value: string, context: Context): boolean {
    if (!mayBeEncoded(value)) return false;
    if (!isCipherName(name) && MAY_HOLD_ADDRESS.test(value) && scanText(value, this.parser).candidates.length > 0)
      return false;
    for (const decoded of decodeAttribute(name, value)) {
      const { candidates } = scanText(decoded, this.parser);
      for (const { address } of candidates) this.addAfter(context, address, 'encoder');
      if (candidates.length > 0) return true;
    }
    return false;
  }

  /** A link's target: `mailto:`, a forgotten `mailto:`, Cloudflare's cloak, a vCard, or a letter in web mail. */
  readHref(href: string, context: Context): void {
    if (isMailto(href)) for (const recipient of readMailto(href)) this.readRecipient(recipient, context);
    else if (BARE_ADDRESS.test(href)) this.readRecipient(href, context);
    else if (TURNED_MAILTO.test(href)) this.readTurnedHref(href, context);
    else if (HTTP_USER.test(href)) this.readAttribute(href.replace(/^[^/]*\/\//, ''), 'attribute');
    else if (COMPOSE_LINK.test(href)) this.readComposeLink(href, context);
    else if (/^\s*data:/i.test(href))
      for (const email of readVcardLink(href)) this.readRecipient(email, context, 'vcard');
    else this.readCloudflare(cloudflareLinkHex(href) ?? '', context);
  }

  readCloudflare(hex: string, context: Context): void {
    const text = decodeCloudflare(hex);
    if (text === null) return;
    for (const { address } of scanAddresses(text, this.parser)) this.addAfter(context, address, 'cloudflare');
  }

  readJsonLd(json: string): void {
    const texts = readJsonTexts(json) ?? [{ text: json.slice(0, MAX_BROKEN_JSON_CHARS), isEmail: false }];
    for (const { text, isEmail } of texts) this.readLater(text, 'json-ld', FLAGLESS, isEmail);
  }

  /** Reads a short text, or a piece of a long one. */
  readLate({ text, method, flags, isRecipient }: LateText): void {
    this.flags = flags;
    if (isRecipient) this.readRecipient(text.replace(/^\s*mailto:/i, ''), NO_CONTEXT, method);
    else this.readText(text, method);
    this.flags = FLAGLESS;
  }

  private readLater(text: string, method: Method, flags: readonly FindingFlag[], isRecipient = false): void {
    this.late.add({ text, method: this.as ?? method, flags: [...this.flags, ...flags], isRecipient });
  }

  /** A text of a script, or one that a script made: a link, markup or words. */
  readScriptText(text: string, method: Method): void {
    if (isMailto(text)) for (const recipient of readMailto(text)) this.readRecipient(recipient, NO_CONTEXT, method);
    else this.readAttribute(text, method);
  }

  /** Here the author says "this is an address": syntax and suffix decide, not the surroundings. */
  readRecipient(text: string, context: Context, method: Method = 'mailto'): void {
    for (const { address } of scanRecipient(text, this.parser)) this.addAfter(context, address, method);
  }

  /** Several readings of one place, of which only one can be meant. */
  readFirst(texts: readonly string[], context: Context, method: Method): void {
    const text = texts.find((candidate) => this.parser.parse(candidate) !== null);
    if (text !== undefined) this.readRecipient(text, context, method);
  }

  private readTurnedHref(href: string, context: Context): void {
    for (const turned of [rot13(href), reverseText(href)]) {
      const start = turned.toLowerCase().indexOf('mailto:');
      if (start === -1) continue;
      for (const recipient of readMailto(turned.slice(start))) this.readRecipient(recipient, context, 'encoder');
    }
  }

  private readComposeLink(href: string, context: Context): void {
    const to = /[?&]to=([^&#]{3,1000})/i.exec(href.slice(0, 2048))?.[1];
    if (to !== undefined) this.readRecipient(decodePercent(to), context);
  }

  private addAfter(context: Context, address: Address, method: Method): void {
    const before = context();
    const text = `${before} ${address.address}`;
    this.add(address, method, { text, start: before.length + 1, end: text.length });
  }

  private add(address: Address, method: Method, spot: Spot, flags: readonly FindingFlag[] = FLAGLESS): void {
    const trap = isTrap(address, spot) ? HONEYPOT : this.flags;
    this.findings.add(address, this.as ?? method, spot, trap.length === 0 ? flags : [...trap, ...flags]);
  }
}

function isGenerated(offsets: ReadonlySet<number> | undefined, start: number, end: number): boolean {
  if (offsets === undefined || offsets.size === 0) return false;
  for (const offset of offsets) if (offset >= start && offset < end) return true;
  return false;
}
