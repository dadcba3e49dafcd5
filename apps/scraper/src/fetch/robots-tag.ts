import { TOKEN } from './robots-rules.js';

/** Directives with a value: what stands before their colon is no robot's name. */
const VALUED = new Set(['unavailable_after', 'max-snippet', 'max-image-preview', 'max-video-preview']);

/**
 * Whether `X-Robots-Tag` headers ask not to index the page: `noindex` or `none`, for every robot or for ours. A robot's
 * name holds for the rest of its own header line.
 */
export function saysNoindex(lines: readonly string[]): boolean {
  return lines.some((line) => {
    let isForUs = true;
    return line.split(',').some((part) => {
      const [, name, rest] = /^\s*([\w-]+)\s*:(.*)$/.exec(part) ?? [];
      const isNamed = name !== undefined && !VALUED.has(name.toLowerCase());
      if (isNamed) isForUs = name.toLowerCase() === TOKEN;
      return isForUs && /^\s*(?:noindex|none)\s*$/i.test(isNamed ? (rest ?? '') : part);
    });
  });
}
