/** Stand for pictures that may be an at-sign or a dot, until it is known what is written beside them. Private use. */
export const AT_ICON = '\ue0a0';
export const DOT_ICON = '\ue0a1';

const AT_NAMES =
  'at|arroba|arobase?|arrobase|chiocciola|klammeraffe|affenschwanz|snabel-?a|kukac|zavinac|malpa|apenstaartje|alfakroll';
const AT_TEXT = new RegExp(`^\\W{0,3}(?:@|＠|ät|${AT_NAMES})\\W{0,3}$`, 'i');
const AT_NAME = new RegExp(
  `(?:^|[\\s_/#-])(?:${AT_NAMES})(?:[_-]?(?:sign|symbol|icon|zeichen|image|img|white|black|small|\\d{1,3})){0,2}(?:$|[\\s.?#])`,
  'i',
);
const DOT_TEXT = /^\W{0,3}(?:\.|dot|punkt|punto|point|ponto|punt|kropka|tečka)\W{0,3}$/i;
const DOT_NAME = /^(?:dot|punkt|punto|point|period)(?:[_-]?(?:sign|symbol|icon|img|\d{1,3})){0,2}\.\w{3,4}$/i;
const LOCAL_BEFORE = /[\w.+'-]\s?$/;
const DOMAIN_AFTER = /^\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?![\w.-]{0,64}@)/;

/** The sign that an image is drawn as, by its alternative text or the name of its file; null for other images. */
export function iconOfImage(attributes: ReadonlyMap<string, string>): string | null {
  const alt = (attributes.get('alt') || attributes.get('title') || attributes.get('aria-label') || '').trim();
  const source = attributes.get('src') ?? attributes.get('data-src') ?? '';
  const file = source.length <= 500 ? source.slice(source.lastIndexOf('/') + 1) : '';
  if (alt === '' ? AT_NAME.test(file) : AT_TEXT.test(alt.slice(0, 40))) return AT_ICON;
  return (alt === '' ? DOT_NAME.test(file) : DOT_TEXT.test(alt.slice(0, 40))) ? DOT_ICON : null;
}

/** Whether an element without text may be an icon of an at-sign: by its class, or by the symbol that it uses. */
export function isAtIcon(attributes: ReadonlyMap<string, string>): boolean {
  const label = attributes.get('aria-label') ?? attributes.get('title');
  if (label !== undefined && label.length <= 40 && AT_TEXT.test(label.trim())) return true;
  for (const name of ['class', 'href', 'xlink:href', 'data-icon']) {
    const value = attributes.get(name);
    if (value !== undefined && value.length <= 200 && AT_NAME.test(value)) return true;
  }
  return false;
}

/** The name of an at-sign in fonts that draw words as icons (Material Icons). */
export const AT_LIGATURE = 'alternate_email';

/**
 * An icon is an at-sign only where a name stands right before it and a domain right after: mostly it is an ornament
 * beside a whole address.
 */
export function resolveAtIcons(source: string): string {
  if (!source.includes(AT_ICON)) return source.replaceAll(DOT_ICON, ' ');
  const text = source.replaceAll(DOT_ICON, '.');
  let resolved = '';
  let start = 0;
  for (let at = text.indexOf(AT_ICON); at !== -1; at = text.indexOf(AT_ICON, start)) {
    resolved += text.slice(start, at);
    const isSign = LOCAL_BEFORE.test(resolved.slice(-3)) && DOMAIN_AFTER.test(text.slice(at + 1, at + 400));
    resolved += isSign ? '@' : ' ';
    start = at + 1;
  }
  return resolved + text.slice(start);
}
