import { describe, expect, it } from 'vitest';
import { RobotsTxt } from './robots-txt.js';

const ORIGIN = 'https://a.example';

function isAllowed(text: string, path: string): boolean {
  return RobotsTxt.parse(`${ORIGIN}/robots.txt`, text).isAllowed(ORIGIN + path);
}

describe('RobotsTxt', () => {
  it('follows the group for Gleaner rather than the one for everybody', () => {
    const text = 'User-agent: *\nDisallow: /\n\nUser-agent: gleaner\nDisallow: /private';
    expect(isAllowed(text, '/contact')).toBe(true);
    expect(isAllowed(text, '/private/x')).toBe(false);
  });

  it('lets the longest rule win, and allow where two are as long', () => {
    const text = 'User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /c\nAllow: /c';
    expect(isAllowed(text, '/a/x')).toBe(false);
    expect(isAllowed(text, '/a/b/x')).toBe(true);
    expect(isAllowed(text, '/c')).toBe(true);
  });

  it('caps the crawl delay at 30 s', () => {
    const delayOf = (text: string): number =>
      RobotsTxt.parse(`${ORIGIN}/robots.txt`, `User-agent: *\n${text}`).crawlDelayMs;
    expect(delayOf('Crawl-delay: 2.5')).toBe(2500);
    expect(delayOf('Crawl-delay: 86400')).toBe(30_000);
    expect(delayOf('Crawl-delay: -5')).toBe(0);
    expect(delayOf('Disallow:')).toBe(0);
  });

  it('takes a file made to be slow as a no, quickly', () => {
    const text = `User-agent: *\n${`Disallow: /${'*a'.repeat(100)}b\n`.repeat(2400)}`;
    const startedAt = performance.now();
    expect(isAllowed(text, `/${'a'.repeat(2000)}`)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
