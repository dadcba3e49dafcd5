/** Bounds what one link can cost; no honest link has a hundredth of it. */
const MAX_HREF = 8192;
const MAX_RECIPIENTS = 100;
const SCHEME = /^\s*mailto\s*:\s*(?:\/\/)?/i;

export function isMailto(href: string): boolean {
  return SCHEME.test(href.slice(0, 40));
}

/**
 * The recipients in a `mailto:` URL (RFC 6068, and what people write instead): the path and the `to`, `cc` and `bcc`
 * fields, each a list, percent-encoded, perhaps with display names. A share link (`mailto:?subject=…`) has none.
 */
export function readMailto(href: string): string[] {
  const rest = href.slice(0, MAX_HREF).replace(SCHEME, '');
  const query = rest.indexOf('?');
  const path = query === -1 ? rest : rest.slice(0, query);
  const fields = query === -1 ? [] : rest.slice(query + 1).split(/&(?:amp;)?|\?/);
  const lists = fields.map((field) => /^(?:to|cc|bcc)=(.*)$/is.exec(field)?.[1] ?? '');
  return [path, ...lists].flatMap((list) => splitRecipients(decodePercent(list))).slice(0, MAX_RECIPIENTS);
}

/** Decodes what is valid and leaves the rest as it stands; twice encoded (`%2540`) is a known slip. */
function decodePercent(text: string): string {
  const once = decodeOnce(text);
  return /%40/.test(once) ? decodeOnce(once) : once;
}

function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

function splitRecipients(list: string): string[] {
  const withoutNames = list.replace(/"[^"]{0,200}"/g, ' ');
  return withoutNames.split(/[,;\s<>]+/).filter((entry) => entry.includes('@'));
}
