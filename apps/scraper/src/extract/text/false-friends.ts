/** Schemes whose identifiers look like addresses and are none. */
const OTHER_SCHEME = /(?:^|[^a-z])(?:sips?|xmpp|im|cid|mid|acct|ssh|scp|rsync|git|svn\+ssh|news|matrix):\/{0,2}$/i;
/** The user part of `scheme://user:password@host`. */
const URL_USER = /:\/\/[^\s/"'<>]{0,80}$/;
const MESSAGE_ID = /(?:message-id|in-reply-to|references)\b[^@\n]{0,60}$/i;
/** Sentry keys, hashes, UUIDs: made by machines, not given to people. */
const MACHINE_LOCAL =
  /^(?:[0-9a-f]{24,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f.]{28,})$/i;
/** Image variants: `logo@2x.png`, `icon@1.5x.zip`. */
const RETINA = /^\d(?:\.\d)?x\./i;
/** File extensions that are also top-level domains. */
const FILE_TLD = /\.(?:sh|py|md|rs|zip|mov|so|pl|cc|ps|ai|mm|pm|ml|hs)$/i;
const VERSION_LABEL = /^(?:v?\d+(?:\.\d+)*|[a-z]|old|new|final|latest|next|prod|dev|beta|x)\.[a-z.]+$/i;
/** What package managers call a version: `left-pad@latest.` */
const VERSION_TAG = /^(?:latest|next|canary|nightly)\.[a-z]{2,}$/i;
/** `git@github.com:owner/repo`, `user@host.com:/path` */
const SCP_PATH = /^:(?:[\w~.-]{1,64}\/|\/)/;

/** Texts of the form name@host.tld that nobody can write to. `start`, `at` and `end` bound the candidate in `text`. */
export function isFalseFriend(text: string, start: number, at: number, end: number, code: boolean): boolean {
  const local = text.slice(start, at);
  const domain = text.slice(at + 1, end);
  if (MACHINE_LOCAL.test(local) || RETINA.test(domain) || VERSION_TAG.test(domain)) return true;
  if (SCP_PATH.test(text.slice(end, end + 66)) || local === 'git') return true;
  if (FILE_TLD.test(domain) && (code || VERSION_LABEL.test(domain))) return true;
  if (code && (text[start - 1] === '/' || text[end] === '(')) return true;
  const before = text.slice(Math.max(0, start - 100), start);
  return URL_USER.test(before) || OTHER_SCHEME.test(before) || MESSAGE_ID.test(before);
}
