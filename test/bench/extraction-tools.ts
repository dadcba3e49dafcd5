import { PageExtractor } from '../../apps/scraper/src/extract/page-extractor.js';
import { extractFound } from '../corpus/read-corpus.js';
import type { Found } from '../corpus/score.js';
import { loadPeer } from './load-peer.js';

/** A way to find the addresses of a page. */
export type FindAddresses = (html: string) => Found | Promise<Found>;

/** What is used of the peers. */
interface CrawleeUtils {
  social: { parseHandlesFromHtml(html: string): { emails: string[] }; emailsFromText(text: string): string[] };
}
interface GetEmails {
  default(text: string): Set<string>;
}
interface ExtractEmailAddress {
  extractEmail(text: string): { email: string }[];
}
interface LinkifyPackage {
  LinkifyIt: new () => { match(text: string): { schema: string; url: string }[] | null };
}

/** The regular expression of tutorials. */
const USUAL_PATTERN = /[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}/g;

/** Makers of the tools compared, by the name in the tables; each loads what it needs. The first one is ours. */
export const TOOLS: Readonly<Record<string, () => Promise<FindAddresses>>> = {
  Gleaner: async () => {
    const extractor = new PageExtractor();
    return (html) => extractFound(extractor, html);
  },
  'usual regular expression': async () => (html) => unflagged(html.match(USUAL_PATTERN) ?? []),
  'crawlee parseHandlesFromHtml': async () => {
    const { social } = await loadPeer<CrawleeUtils>('@crawlee/utils');
    return (html) => unflagged(social.parseHandlesFromHtml(html).emails);
  },
  'crawlee emailsFromText': async () => {
    const { social } = await loadPeer<CrawleeUtils>('@crawlee/utils');
    return (html) => unflagged(social.emailsFromText(html));
  },
  'get-emails': async () => {
    const { default: getEmails } = await loadPeer<GetEmails>('get-emails');
    return (html) => unflagged([...getEmails(html)]);
  },
  'extract-email-address': async () => {
    const { extractEmail } = await loadPeer<ExtractEmailAddress>('extract-email-address');
    return (html) => unflagged(extractEmail(html).map(({ email }) => email));
  },
  'linkify-it': async () => {
    const linkify = new (await loadPeer<LinkifyPackage>('linkify-it')).LinkifyIt();
    return (html) => {
      const links = (linkify.match(html) ?? []).filter(({ schema }) => schema === 'mailto:');
      return unflagged(links.map(({ url }) => url.replace(/^mailto:/i, '')));
    };
  },
};

/** The peers have no flags: what they return, they count. */
function unflagged(addresses: string[]): Found {
  return { counted: addresses, flagged: [] };
}
