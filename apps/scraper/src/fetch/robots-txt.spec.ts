import { describe, expect, it } from 'vitest';
import { RobotsTxt } from './robots-txt.js';

const ORIGIN = 'https://a.example';

/** A file, a path, and whether Gleaner may fetch it. */
type Case = [behaviour: string, file: string, path: string, allowed: boolean];

const lines = (...rows: string[]): string => rows.join('\n');
/** A file with one group, for everybody. */
const all = (...rules: string[]): string => lines('User-agent: *', ...rules);

const GROUPS: Case[] = [
  ['no file text: no rules', '', '/x', true],
  ['everybody is addressed', all('Disallow: /x'), '/x', false],
  ['a group for another bot', lines('User-agent: Otherbot', 'Disallow: /'), '/x', true],
  ['no group but rules', lines('Disallow: /x', 'Allow: /y'), '/x', true],
  ['rules before the first group', lines('Disallow: /x', all('Disallow: /y')), '/x', true],
  ['our group before that of everybody', lines(all('Disallow: /'), 'User-agent: Gleaner', 'Disallow: /p'), '/x', true],
  ['our group, its own rule', lines(all('Disallow: /'), 'User-agent: Gleaner', 'Disallow: /p'), '/p', false],
  ['our group first in the file', lines('User-agent: Gleaner', 'Disallow: /p', all('Disallow: /')), '/x', true],
  ['our group without rules', lines('User-agent: Gleaner', '', all('Disallow: /p')), '/p', false],
  ['our group with an empty rule', lines('User-agent: Gleaner', 'Disallow:', all('Disallow: /')), '/x', true],
  ['the token in any case', lines(all('Disallow:'), 'User-agent: gLEANER', 'Disallow: /x'), '/x', false],
  ['the token with a version', lines('User-agent: Gleaner/1.0', 'Disallow: /x'), '/x', false],
  ['the token with more words', lines('User-agent: Gleaner (+https://g.example)', 'Disallow: /x'), '/x', false],
  ['a token that only begins like ours', lines('User-agent: Gleaner-Image', 'Disallow: /x'), '/x', true],
  ['a token that ours begins with', lines('User-agent: Glean', 'Disallow: /x'), '/x', true],
  ['a star with words behind it', lines('User-agent: * # everybody', 'Disallow: /x'), '/x', false],
  ['several agents, ours first', lines('User-agent: Gleaner', 'User-agent: B', 'Disallow: /x'), '/x', false],
  ['several agents, ours last', lines('User-agent: B', 'User-agent: Gleaner', 'Disallow: /x'), '/x', false],
  ['several agents with an empty line', lines('User-agent: Gleaner', '', 'User-agent: B', 'Disallow: /x'), '/x', false],
  [
    'two groups of ours, first rule',
    lines('User-agent: Gleaner', 'Disallow: /x', 'User-agent: B', 'Disallow: /', 'User-agent: Gleaner', 'Disallow: /y'),
    '/x',
    false,
  ],
  [
    'two groups of ours, last rule',
    lines('User-agent: Gleaner', 'Disallow: /x', 'User-agent: B', 'Disallow: /', 'User-agent: Gleaner', 'Disallow: /y'),
    '/y',
    false,
  ],
  [
    'two groups of ours, the rule between',
    lines('User-agent: Gleaner', 'Disallow: /x', 'User-agent: B', 'Disallow: /', 'User-agent: Gleaner', 'Disallow: /y'),
    '/z',
    true,
  ],
  ['two groups for everybody', lines(all('Disallow: /x'), all('Disallow: /y')), '/x', false],
  ['an empty line inside a group', all('Disallow: /x', '', 'Disallow: /y'), '/y', false],
  [
    'a sitemap line inside a group',
    all('Disallow: /x', 'Sitemap: https://a.example/s.xml', 'Disallow: /y'),
    '/y',
    false,
  ],
  [
    'a sitemap line between agents',
    lines('User-agent: Gleaner', 'Sitemap: https://a.example/s.xml', 'User-agent: B', 'Disallow: /x'),
    '/x',
    false,
  ],
  [
    'a crawl delay between agents',
    lines('User-agent: Gleaner', 'Crawl-delay: 1', 'User-agent: B', 'Disallow: /x'),
    '/x',
    false,
  ],
  [
    'an unknown line between agents',
    lines('User-agent: Gleaner', 'Host: a.example', 'User-agent: B', 'Disallow: /x'),
    '/x',
    false,
  ],
  ['an agent line without a name', lines('User-agent:', 'Disallow: /x'), '/x', true],
  [
    'an empty rule ends the list of agents',
    lines('User-agent: Gleaner', 'Disallow:', 'User-agent: B', 'Disallow: /x'),
    '/x',
    true,
  ],
];

const MATCHING: Case[] = [
  ['a rule is a prefix', all('Disallow: /fish'), '/fish/salmon.html', false],
  ['a prefix needs no slash', all('Disallow: /fish'), '/fishheads', false],
  ['a prefix begins at the start', all('Disallow: /fish'), '/cat/fish', true],
  ['a slash at the end', all('Disallow: /fish/'), '/fish', true],
  ['paths are told apart by case', all('Disallow: /Fish'), '/fish', true],
  ['the longest wins, allow', all('Disallow: /a', 'Allow: /a/b'), '/a/b/x', true],
  ['the longest wins, disallow', all('Allow: /a', 'Disallow: /a/b'), '/a/b/x', false],
  ['the longest wins, not the first', all('Disallow: /a/b', 'Allow: /a'), '/a/b/x', false],
  ['allow wins a tie', all('Disallow: /a', 'Allow: /a'), '/a', true],
  ['allow wins a tie whatever the order', all('Allow: /a', 'Disallow: /a'), '/a', true],
  ['a shorter allow loses against all', all('Allow: /', 'Disallow: /a'), '/a', false],
  ['everything but one folder', all('Disallow: /', 'Allow: /open/'), '/open/x', true],
  ['the root', all('Disallow: /'), '/', false],
  ['an empty disallow', all('Disallow:'), '/x', true],
  ['an empty disallow beside another', all('Disallow:', 'Disallow: /x'), '/x', false],
  ['an empty allow says nothing', all('Allow:', 'Disallow: /x'), '/x', false],
  ['a rule without a slash says nothing', all('Disallow: private'), '/private', true],
  ['a rule that is a whole URL says nothing', all('Disallow: https://a.example/x'), '/x', true],
  ['a query is part of the path', all('Disallow: /s?q='), '/s?q=1', false],
  ['a query is no part of the folder', all('Disallow: /s?q='), '/s', true],
  ['any query', all('Disallow: /*?'), '/s?q=1', false],
  ['an empty query', all('Disallow: /s?'), '/s?', false],
  ['a fragment is no part of the path', all('Disallow: /s$'), '/s#top', false],
  ['robots.txt itself', all('Disallow: /'), '/robots.txt', true],
];

const WILDCARDS: Case[] = [
  ['a star in the middle', all('Disallow: /a/*/z'), '/a/b/c/z', false],
  ['a star may be nothing', all('Disallow: /a*z'), '/az', false],
  ['a star that does not fit', all('Disallow: /a/*/z'), '/a/z', true],
  ['a star in front', all('Disallow: *.pdf'), '/a/b.pdf', false],
  ['a star at the end is nothing new', all('Disallow: /fish*'), '/fishheads', false],
  ['several stars', all('Disallow: /*a*b*c'), '/xaxxbxxc', false],
  ['several stars in another order', all('Disallow: /*a*b*c'), '/xbxxaxxc', true],
  ['stars side by side', all('Disallow: /a**z'), '/abcz', false],
  ['an end', all('Disallow: /*.php$'), '/a.php', false],
  ['an end that is not the end', all('Disallow: /*.php$'), '/a.php?x=1', true],
  ['an end that comes twice', all('Disallow: /*.php$'), '/a.php/b.php', false],
  ['an end without a star', all('Disallow: /a$'), '/a', false],
  ['an end without a star, longer', all('Disallow: /a$'), '/ab', true],
  ['an end must not overlap the rest', all('Disallow: /ab*b$'), '/ab', true],
  ['only the home page', all('Disallow: /', 'Allow: /$'), '/', true],
  ['only the home page, elsewhere', all('Disallow: /', 'Allow: /$'), '/x', false],
  ['a star before the end', all('Disallow: /a*$'), '/a/b', false],
  ['a dollar in the middle is a dollar', all('Disallow: /a$b'), '/a$b', false],
  ['a dollar in the middle is no end', all('Disallow: /a$b'), '/a', true],
  ['an escaped star is a star', all('Disallow: /a-%2A.html'), '/a-*.html', false],
  ['an escaped star is no wildcard', all('Disallow: /a-%2A.html'), '/a-b.html', true],
  ['an escaped dollar is a dollar', all('Disallow: /a%24'), '/a$b', false],
  ['an escaped dollar is no end', all('Disallow: /a%24'), '/a', true],
  ['a wildcard counts by its length', all('Disallow: /x/page', 'Allow: /*/page.h'), '/x/page.htm', true],
];

const ENCODING: Case[] = [
  ['an escape that needs none, in the rule', all('Disallow: /%7Ejoe/'), '/~joe/x', false],
  ['an escape that needs none, in the page', all('Disallow: /~joe/'), '/%7Ejoe/x', false],
  ['letters escaped', all('Disallow: /foo/bar/%62%61%7A'), '/foo/bar/baz', false],
  ['letters escaped in the page', all('Disallow: /foo/bar/baz'), '/foo/bar/%62%61%7A', false],
  ['UTF-8 in the rule', all('Disallow: /foo/bar/ツ'), '/foo/bar/%E3%83%84', false],
  ['UTF-8 in the page', all('Disallow: /foo/bar/%E3%83%84'), '/foo/bar/ツ', false],
  ['UTF-8 in both', all('Disallow: /über'), '/über-uns', false],
  ['hexadecimal digits of both cases', all('Disallow: /%e3%83%84'), '/%E3%83%84', false],
  ['hexadecimal digits of both cases in the page', all('Disallow: /a%3D'), '/a%3d', false],
  ['an escaped slash is no slash', all('Disallow: /a%2Fb'), '/a/b', true],
  ['an escaped slash is an escaped slash', all('Disallow: /a%2Fb'), '/a%2fb', false],
  ['an escaped question mark is no query', all('Disallow: /a?b'), '/a%3Fb', true],
  [
    'a URL as parameter, escaped in the page',
    all('Disallow: /foo?u=https://foo.bar'),
    '/foo?u=https%3A%2F%2Ffoo.bar',
    false,
  ],
  [
    'a URL as parameter, escaped in the rule',
    all('Disallow: /foo?u=https%3A%2F%2Ffoo.bar'),
    '/foo?u=https://foo.bar',
    false,
  ],
  [
    'a URL as parameter behind a wildcard',
    all('Disallow: /*u=https%3A%2F%2Ffoo'),
    '/foo?u=https%3A%2F%2Ffoo.bar',
    false,
  ],
  ['a space in the rule', all('Disallow: /a b'), '/a%20b', false],
  ['a percent sign that escapes nothing', all('Disallow: /100%/x'), '/100%/x', false],
];

const SYNTAX: Case[] = [
  ['a byte order mark', `\uFEFF${all('Disallow: /x')}`, '/x', false],
  ['CRLF line ends', 'User-agent: *\r\nDisallow: /x\r\nDisallow: /y\r\n', '/y', false],
  ['CR line ends', 'User-agent: *\rDisallow: /x\rDisallow: /y', '/y', false],
  ['mixed line ends', 'User-agent: *\r\nDisallow: /x\rDisallow: /y\nDisallow: /z', '/z', false],
  ['a comment behind a rule', all('Disallow: /x # not here'), '/x', false],
  ['a comment right behind a rule', all('Disallow: /x#y'), '/xz', false],
  ['a comment instead of a path', all('Disallow: # nothing'), '/x', true],
  ['a rule in a comment', all('# Disallow: /x'), '/x', true],
  ['spaces around the colon', 'User-agent : *\nDisallow   :   /x', '/x', false],
  ['no space at all', 'User-agent:*\nDisallow:/x', '/x', false],
  ['tabs and indentation', '\tUser-agent:\t*\n\t Disallow:\t/x\t', '/x', false],
  ['names of lines in any case', 'USER-AGENT: *\ndisALLOW: /x', '/x', false],
  ['unknown lines', all('Noindex: /x', 'Clean-param: a /y', 'Disallow: /z'), '/z', false],
  ['unknown lines are no rules', all('Noindex: /x'), '/x', true],
  ['a missing colon', 'User-agent *\nDisallow /x', '/x', false],
  ['a sentence is no rule', all('Disallow all the robots'), '/x', true],
  ['a usual typing error', all('Dissallow: /x'), '/x', false],
  ['a usual typing error in the agent', 'Useragent: *\nDisallow: /x', '/x', false],
  ['a NUL byte in a rule', all('Disallow: /x\0y', 'Disallow: /z'), '/x', true],
  ['a NUL byte between lines', all('Disallow: /x', '\0', 'Disallow: /z'), '/z', false],
  ['a very long line before a rule', all('x'.repeat(100_000), 'Disallow: /x'), '/x', false],
  ['a very long rule', all(`Disallow: /${'x'.repeat(100_000)}`), '/x', true],
  ['a name of Object.prototype', lines('User-agent: constructor', 'Disallow: /', '__proto__: x'), '/x', true],
  [
    'a page served as robots.txt',
    '<!doctype html><html><head><title>Home</title></head><body>User-agent: *<br>Disallow: /</body></html>',
    '/x',
    true,
  ],
  ['something binary', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', '/x', true],
];

describe('robots.txt by RFC 9309', () => {
  describe.each([
    ['groups', GROUPS],
    ['matching', MATCHING],
    ['wildcards', WILDCARDS],
    ['percent-encoding', ENCODING],
    ['syntax', SYNTAX],
  ])('%s', (_, cases) => {
    it.each(cases)('%s', async (_behaviour, file, path, allowed) => {
      expect((await RobotsTxt.parse(file)).isAllowed(ORIGIN + path)).toBe(allowed);
    });
  });
});

describe('RobotsTxt', () => {
  it.each([
    ['10', 10_000],
    ['2.5', 2500],
    ['0.08', 80],
    ['10s', 10_000],
    ['86400', 30_000],
    ['9'.repeat(400), 30_000],
    ['Infinity', 30_000],
    ['-5', 0],
    ['soon', 0],
    ['', 0],
  ])('reads a crawl delay of %s, at most 30 s', async (value, delayMs) => {
    expect((await RobotsTxt.parse(all(`Crawl-delay: ${value}`))).crawlDelayMs).toBe(delayMs);
  });

  it('takes the crawl delay of its own group, the longest where there are several', async () => {
    const delayOf = async (file: string): Promise<number> => (await RobotsTxt.parse(file)).crawlDelayMs;
    expect(await delayOf(lines(all('Crawl-delay: 9', 'Disallow:'), 'User-agent: Gleaner', 'Disallow: /x'))).toBe(0);
    expect(await delayOf(lines('User-agent: B', 'Crawl-delay: 9', 'User-agent: *', 'Disallow: /x'))).toBe(0);
    expect(await delayOf(all('Crawl-delay: 9', 'Disallow: /x', 'Crawl-delay: 3'))).toBe(9000);
  });

  it('collects absolute sitemap addresses, wherever they stand, and at most ten', async () => {
    const some = lines(
      'Sitemap: https://a.example/1.xml',
      all('Disallow: /', 'sitemap: http://b.example/2.xml # the other one'),
      'Sitemap: /3.xml',
      'Sitemap: ftp://a.example/4.xml',
      'Sitemap: https://a.example/1.xml',
      `Sitemap: https://a.example/${'x'.repeat(2048)}`,
      'Sitemap:',
    );
    expect((await RobotsTxt.parse(some)).sitemaps).toEqual(['https://a.example/1.xml', 'http://b.example/2.xml']);
    const many = Array.from({ length: 50 }, (_, i) => `Sitemap: https://a.example/${i}.xml`);
    expect((await RobotsTxt.parse(lines(...many))).sitemaps).toHaveLength(10);
  });

  it('tells which rule decided', async () => {
    const rules = await RobotsTxt.parse(all('Disallow: /a', 'Allow: /a/b'));
    expect(rules.decide(`${ORIGIN}/a/c`)).toEqual({ isAllowed: false, rule: 'Disallow: /a' });
    expect(rules.decide(`${ORIGIN}/a/b`)).toEqual({ isAllowed: true, rule: 'Allow: /a/b' });
    expect(rules.decide(`${ORIGIN}/c`)).toEqual({ isAllowed: true, rule: null });
  });

  it('ignores the last line of a file that is cut', async () => {
    const cut = all('Disallow: /x', 'Disallow: /');
    expect((await RobotsTxt.parse(cut, true)).isAllowed(`${ORIGIN}/y`)).toBe(true);
    expect((await RobotsTxt.parse(cut, true)).isAllowed(`${ORIGIN}/x`)).toBe(false);
    expect((await RobotsTxt.parse(`${cut}\n`, true)).isAllowed(`${ORIGIN}/y`)).toBe(false);
  });

  it('says the same after a journey as JSON', async () => {
    const file = all('Disallow: /a*%2A$', 'Allow: /ü?u=%2F', 'Crawl-delay: 2', 'Sitemap: https://a.example/s.xml');
    const rules = await RobotsTxt.parse(file);
    const copy = RobotsTxt.fromJson(rules.toJson());
    expect(copy).toEqual(rules);
    expect(copy.isAllowed(`${ORIGIN}/abc*`)).toBe(false);
    expect(() => RobotsTxt.fromJson('{"version":0}')).toThrow();
  });

  it.each([
    ['50,000 wildcards', (i: number) => `Allow:/*aaaab*${i}`],
    ['50,000 wildcards with an end', (i: number) => `Allow:/*${i}$`],
    ['hundreds of wildcards in each rule', (i: number) => `Allow:/${'*a'.repeat(200)}b${i}`],
  ])('takes a file made to be slow as a no, quickly: %s', async (_, makeRule) => {
    const file = all(...Array.from({ length: 50_000 }, (_rule, i) => makeRule(i))).slice(0, 500 * 1024);
    const rules = await RobotsTxt.parse(file, true);
    const startedAt = performance.now();
    expect(rules.isAllowed(`${ORIGIN}/${'a'.repeat(2000)}`)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });

  it('is not multiplied by agents named again and again', async () => {
    const agents = Array.from({ length: 15_000 }, () => 'User-agent: *');
    const rules = Array.from({ length: 15_000 }, (_, i) => `Disallow: /${i}`);
    expect((await RobotsTxt.parse(lines(...agents, ...rules))).weight).toBeLessThan(1_000_000);
  });

  it('still obeys thousands of honest wildcards', async () => {
    const file = all(...Array.from({ length: 10_000 }, (_, i) => `Disallow: /*/shop-${i}/*?sort=`));
    const rules = await RobotsTxt.parse(file);
    expect(rules.isAllowed(`${ORIGIN}/de/shop-9999/shoes?sort=price`)).toBe(false);
    expect(rules.isAllowed(`${ORIGIN}/de/shop-9999/shoes?page=2`)).toBe(true);
  });

  it('obeys 10,000 rules, and takes more as a no to everything', async () => {
    const file = (count: number): string => all(...Array.from({ length: count }, (_, i) => `Disallow: /p/${i}/`));
    const most = await RobotsTxt.parse(file(10_000));
    expect([most.isAllowed(`${ORIGIN}/x`), most.isAllowed(`${ORIGIN}/p/9999/`)]).toEqual([true, false]);
    const many = await RobotsTxt.parse(file(10_001));
    const stayOut = { isAllowed: false, rule: expect.stringContaining('more than 10000 rules') as string };
    expect(many.decide(`${ORIGIN}/x`)).toEqual(stayOut);
    expect(RobotsTxt.fromJson(many.toJson()).decide(`${ORIGIN}/x`)).toEqual(stayOut);
    expect(many.toJson().length).toBeLessThan(200);
  });

  it('does not count the rules of other groups', async () => {
    const others = Array.from({ length: 20_000 }, (_, i) => `Disallow: /${i}`);
    const rules = await RobotsTxt.parse(lines(all(...others), 'User-agent: Gleaner', 'Disallow: /x'));
    expect([rules.isAllowed(`${ORIGIN}/1`), rules.isAllowed(`${ORIGIN}/x`)]).toEqual([true, false]);
  });

  it.each([10_000, 45_000])('reads %i plain rules without holding up the process', async (count) => {
    const file = all(...Array.from({ length: count }, (_, i) => `Allow:/${i}`));
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const rules = await RobotsTxt.parse(file);
    clearInterval(watch);
    rules.isAllowed(`${ORIGIN}/p`);
    const decidedIn = performance.now();
    rules.isAllowed(`${ORIGIN}/x?u=%2F`);
    expect(performance.now() - decidedIn).toBeLessThan(30);
    expect(longest).toBeLessThan(75);
  });
});
