import { foldText } from '../text/fold-text.js';
import { decodePercent } from './percent.js';

/** Bounds what one link can cost; no honest link has a hundredth of it. */
const MAX_HREF = 8192;
const MAX_RECIPIENTS = 100;
/** `mail to:`, `mailto;` and `/mailto:` are slips that browsers do not forgive, but readers mean it. */
const SCHEME =
  /^[\s"'<(]{0,20}(?:(?:https?:)?\/{1,2})?(?:mailto|mail to|malito|mailo|mailtto)\s{0,5}(?::|%3a|;)\s{0,20}(?:mailto:)?(?:\/\/)?/i;
const FIELD = /^(?:to|cc|bcc)=(.*)$/is;
/** What may stand for an `@` until it is read as text. */
const SIGN = /@|\bat\b|\bät\b|arroba|\ufe6b|\uff20/iu;
const EDGE = /^["'([.,:/\\]{1,10}|["')\].,:;/\\!*]{1,10}$/g;

export function isMailto(href: string): boolean {
  return SCHEME.test(href.slice(0, 60));
}

/**
 * The recipients in a `mailto:` URL (RFC 6068, and what people write instead): the path and the `to`, `cc` and `bcc`
 * fields, each a list, percent-encoded, perhaps with display names. A share link (`mailto:?subject=…`) has none, and
 * what a body says is no recipient.
 */
export function readMailto(href: string): string[] {
  const rest = foldText(href.slice(0, MAX_HREF), undefined).text.replace(SCHEME, '');
  // Some encode the whole URL, `?` and all.
  const decoded = /\?|%3f/i.test(rest) && !rest.includes('?') ? decodePercent(rest) : rest;
  const [path = '', ...queries] = decoded.split('?');
  const fields = queries.join('&').split(/&(?:amp;)?/);
  const misplaced = path.split(/&(?:amp;)?(?=(?:subject|body|cc|bcc)=)/i);
  const lists = [...misplaced.slice(1), ...fields].map((field) => FIELD.exec(field)?.[1] ?? '');
  return [misplaced[0] ?? '', ...lists].flatMap((list) => splitRecipients(decodeTwice(list))).slice(0, MAX_RECIPIENTS);
}

/** Twice encoded (`%2540`) is a known slip. */
function decodeTwice(text: string): string {
  const once = decodePercent(text);
  return /%(?:40|20|2e)/i.test(once) ? decodePercent(once) : once;
}

/** One entry for each recipient, without display name; what is written out (`info (at) acme.com`) stays in one piece. */
function splitRecipients(list: string): string[] {
  const quoted = list.includes('"@') ? (list.match(/"[^"@]{1,62}"@[^\s,;<>"@]{1,255}/g) ?? []) : [];
  const withoutNames = list.replace(/"[^"]{0,200}"/g, ' ');
  if (!withoutNames.includes('@'))
    return SIGN.test(withoutNames) ? withoutNames.split(/[,;]+/).map((entry) => entry.trim()) : [];
  const parts = withoutNames.replace(/\s{0,10}@\s{0,10}/g, '@').split(/[,;\s<>|]+/);
  const plain = parts
    .filter((entry) => entry.includes('@'))
    .map((entry) => entry.replace(EDGE, ''))
    .filter((entry) => /[^@]@/.test(entry));
  return [...quoted, ...plain];
}
