/** Stands for a picture that may be an at-sign, until it is known what is written beside it. Private use: in no page. */
export const AT_ICON = '\ue0a0';

const AT_NAMES =
  'at|arroba|arobase?|arrobase|chiocciola|klammeraffe|affenschwanz|snabel-?a|kukac|zavinac|malpa|apenstaartje|alfakroll';
const AT_TEXT = new RegExp(`^\\W{0,3}(?:@|＠|ät|${AT_NAMES})\\W{0,3}$`, 'i');
const AT_NAME = new RegExp(
  `(?:^|[\\s_/#-])(?:${AT_NAMES})(?:[_-]?(?:sign|symbol|icon|zeichen|image|img|white|black|small|\\d{1,3})){0,2}(?:$|[\\s.?#])`,
  'i',
);
const LOCAL_BEFORE = /[\w.+'-]\s?$/;
const DOMAIN_AFTER = /^\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?![\w.-]{0,64}@)/;

/** Whether an image is drawn as an at-sign, by its alternative text or the name of its file. */
export function isAtImage(attributes: ReadonlyMap<string, string>): boolean {
  const alt = attributes.get('alt') ?? attributes.get('title') ?? attributes.get('aria-label') ?? '';
  if (alt.trim() !== '') return AT_TEXT.test(alt.trim().slice(0, 40));
  const source = attributes.get('src') ?? attributes.get('data-src') ?? '';
  return source.length <= 500 && AT_NAME.test(source.slice(source.lastIndexOf('/') + 1));
}

/** Whether an element without text may be an icon of an at-sign: by its class, or by the symbol that it uses. */
export function isAtIcon(attributes: ReadonlyMap<string, string>): boolean {
  for (const name of ['class', 'href', 'xlink:href', 'aria-label', 'data-icon', 'title']) {
    const value = attributes.get(name);
    if (value !== undefined && value.length <= 200 && AT_NAME.test(value)) return true;
  }
  return false;
}

/**
 * An icon is an at-sign only where a name stands right before it and a domain right after: mostly it is an ornament
 * beside a whole address.
 */
export function resolveAtIcons(text: string): string {
  if (!text.includes(AT_ICON)) return text;
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
