import { decodeBase64 } from './base64.js';
import { reverseText } from './ciphers.js';

/** Attribute names under which encoders keep the parts of an address for a script to join. */
const LOCAL =
  /^(?:data-(?:(?:e?-?mail|m|e)-?)?(?:user(?:-?name)?|u|n|name|local(?:-?part)?|login|account|acc|mailbox|box|first|part-?1|p1|m1|1|a|left|before|prefix|to|recipient|who|konto|benutzer|empfaenger)|(?:e?mail-?)?user(?:name)?|first|local|mailbox)$/;
const DOMAIN =
  /^(?:data-(?:(?:e?-?mail|m|e)-?)?(?:domain(?:-?name)?|d|dom|host(?:-?name)?|h|server|(?:web-?)?site|at|last|part-?2|p2|m2|2|b|right|after|second|provider|org|where|anbieter)|(?:e?mail-?)?domain|last|host)$/;
const TLD = /^(?:data-(?:(?:e?-?mail|m|e)-?)?(?:tld|ext(?:ension)?|zone|suffix|t|end|part-?3|p3|m3|3|c|top)|tld)$/;
/** Elements whose attributes of these names mean something else. */
const OTHER_TAGS = new Set(['script', 'iframe', 'form', 'input', 'link', 'meta', 'html', 'body', 'img', 'select']);
/** Signs that an element is about mail at all: cookies, mentions and servers have a name and a domain, too. */
const MAIL_HINT =
  /mail|ma1l|kontakt|contact|contatt|correo|courriel|spam|cloak|crypt|protect|obfus|safe|secure|hidden|addr|(?:^|[\s_-])(?:at|ml|eml)(?:$|[\s_-])|^@$/i;
const NO_TARGET = /^\s*(?:#.*|javascript:.*)?$/is;
const LOCAL_VALUE = /^(?!_|\d+$)[\w.+'-]{1,64}$/;
const DOMAIN_VALUE = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5}$/i;
const TLD_VALUE = /^\.?[a-z]{2,24}(?:\.[a-z]{2,3})?$/i;

/**
 * What the address may be that an element keeps in parts: `data-user="info" data-domain="a.org"`, with the suffix in a
 * third attribute or not, each part plain, base64 (as in Joomla's `<joomla-hidden-mail first=… last=…>`) or reversed,
 * likeliest first. Whether a domain can exist is for the caller to say.
 */
export function joinAttributes(tag: string, attributes: ReadonlyMap<string, string>): string[] {
  if (attributes.size < 2 || OTHER_TAGS.has(tag)) return [];
  let local: string | null = null;
  let domain: string | null = null;
  let tld: string | null = null;
  for (const [name, value] of attributes) {
    if (value.length > 200 || !/\w/.test(value)) continue;
    if (LOCAL.test(name)) local ??= value;
    else if (DOMAIN.test(name)) domain ??= value;
    else if (TLD.test(name)) tld ??= value;
  }
  if (local === null || domain === null) return [];
  const decoded = join(decodeBase64(local), decodeBase64(domain), tld);
  // Three parts of one address are no accident.
  if (tld === null && !isAboutMail(tag, attributes)) return decoded === null ? [] : [decoded];
  const joined = [join(local, domain, tld), decoded, join(reverseText(local), reverseText(domain), tld)];
  return joined.filter((address) => address !== null);
}

function isAboutMail(tag: string, attributes: ReadonlyMap<string, string>): boolean {
  if (tag.includes('mail') || (tag === 'a' && NO_TARGET.test((attributes.get('href') ?? '').slice(0, 200))))
    return true;
  for (const [name, value] of attributes) {
    if (MAIL_HINT.test(name.slice(0, 100))) return true;
    if ((name === 'class' || name === 'id' || value.length < 2) && MAIL_HINT.test(value.slice(0, 200))) return true;
  }
  return false;
}

function join(local: string, domain: string, tld: string | null): string | null {
  const end = tld !== null && TLD_VALUE.test(tld) && !domain.includes('.') ? `.${tld.replace(/^\./, '')}` : '';
  const whole = `${domain.replace(/^@/, '')}${end}`;
  return LOCAL_VALUE.test(local) && DOMAIN_VALUE.test(whole) && whole.includes('.') ? `${local}@${whole}` : null;
}
