const CODES = new Set(
  `af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko lt lv mk ms mt nb nl nn no
  pl pt ro ru sk sl sq sr sv sw ta th tl tr uk ur uz vi zh jp cn gb us`.split(/\s+/),
);
const LANGUAGE_PARAMETER = /[?&](?:lang|language|locale|hl|lng|l)=([a-z]{2})(?:[-_][a-z]{2,4})?(?=&|$)/i;

/** The language version of a site that a URL says it is of, by folder, subdomain or parameter; `''` where it says none. */
export function languageOf(url: URL): string {
  const folder = /^\/([a-z]{2})(?:[-_][a-z]{2,4})?(?=\/|$)/i.exec(url.pathname)?.[1];
  const parameter = LANGUAGE_PARAMETER.exec(url.search)?.[1];
  const subdomain = /^([a-z]{2})\.[^.]+\./.exec(url.hostname)?.[1];
  const code = [folder, parameter, subdomain].find((found) => found !== undefined && CODES.has(found.toLowerCase()));
  return code?.toLowerCase() ?? '';
}
