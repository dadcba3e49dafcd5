const LINK = /\/cdn-cgi\/l\/email-protection#([0-9a-f]+)$/i;

/** The address behind Cloudflare's cloak: each byte XORed with the first. Null where the text is none. */
export function decodeCloudflare(hex: string): string | null {
  if (hex.length < 6 || hex.length > 700 || hex.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(hex)) return null;
  const bytes = Buffer.from(hex, 'hex');
  const key = bytes[0] ?? 0;
  const text = Buffer.from(bytes.subarray(1).map((byte) => byte ^ key)).toString();
  return text.includes('@') ? text : null;
}

/** The cloaked part of a link to Cloudflare's decoding page. */
export function cloudflareLinkHex(href: string): string | null {
  return href.length > 2048 ? null : (LINK.exec(href)?.[1] ?? null);
}
