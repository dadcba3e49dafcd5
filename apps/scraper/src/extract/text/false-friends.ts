import { ROLES } from './prose-evidence.js';

/** Schemes whose identifiers look like addresses and are none. */
const OTHER_SCHEME =
  /(?:^|[^a-z])(?:sips?|xmpp|im|pres|cid|mid|acct|ssh|scp|sftp|rsync|git|svn\+ssh|news|nntp|matrix|h323|skype|callto|facetime|lightning|iax2?|msnim|ymsgr|gtalk|aim|irc|mumble|bitcoin):\/{0,2}$/i;
/** Networks whose names have the same form, right before the name. */
const OTHER_NETWORK =
  /(?:^|[^a-z])(?:xmpp|jabber|jid|sip|voip|matrix|mastodon|fediverse|activitypub|pixelfed|peertube|lemmy|bluesky|lightning|msn|icq|facetime|teams-id|kerberos|principal)(?: id| address| account)?\s?[:=]?\s{1,3}$/i;
/** The user part of `scheme://user:password@host`. */
const URL_USER = /:\/\/[^\s/"'<>]{0,80}$/;
/** A path (not a query, where an address is one): group archives, profiles. */
const URL_PATH = /https?:\/\/[^\s"'<>?#=&]{1,98}$/i;
const MESSAGE_ID = /(?:message-id|in-reply-to|references)\b[^@\n]{0,60}$/i;
/** What comes before the `=` or `/` of a message's name. */
const LONG_ID = /(?:^|[<\s])(?=[^\s\d]{0,30}\d)[\w+-]{16,90}[=/]$/;
const SHELL_COMMAND =
  /(?:^|[\s$#>`])(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id|ssh-keygen|kinit)\s(?:-[\w-]{1,12}\s(?:[\w./-]{1,40}\s)?)?(?:[\w./~-]{1,40}\s)?$/i;
/** Sentry keys, hashes, UUIDs, message numbers: made by machines, not given to people. */
const MACHINE_LOCAL =
  /^(?:[0-9a-f]{24,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f.]{28,}|\d{12,}\.[\da-z.]{4,}|CA[A-Za-z0-9+_=-]{30,}|(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=(?:\D*\d){4})[A-Za-z0-9_=+-]{28,})$/;
const MACHINE_DOMAIN =
  /(?:^|\.)(?:ingest(?:\.\w{2})?\.sentry\.io|sentry(?:-next)?\.wixpress\.com|unq\.gbl\.spaces|mail\.gmail\.com|thread\.(?:v2|tacv2|skype))$/i;
/** Web hosts that give no mail to the names below them. */
const MAILLESS_HOST =
  /\.(?:(?:github|gitlab|webflow|ngrok|readthedocs|glitch|bitbucket)\.(?:io|me)|(?:wixsite|herokuapp|appspot|myshopify|firebaseapp|cloudfront|netlify|azurewebsites|blogspot|s3\.amazonaws)\.(?:com|net)|(?:netlify|vercel|web|fly|onrender|streamlit)\.(?:app|dev|com)|(?:pages|workers|deno)\.dev)$/i;
/** Image variants: `logo@2x.png`, `icon@1.5x.zip`. */
const RETINA = /^\d(?:\.\d)?x\./i;
/** File extensions that are also top-level domains; the first are nearly always files. */
const SURE_FILE_TLD = /^[^.]+\.(?:zip|mov|target|py)$/i;
const CODE_FILE_TLD = /\.(?:sh|py|md|rs|zip|mov|so|ps|mm|pm|hs)$/i;
/** Methods and properties that are top-level domains, of a variable of one or two letters or a class. */
const MEMBER =
  /^(?:[a-z]\w?|[A-Z]\w*)\.(?:app|bin|call|data|id|is|it|at|link|map|name|new|next|open|play|read|show|to)$/;
const FILE_TLD = /\.(?:sh|py|md|rs|zip|mov|so|pl|cc|ps|ai|mm|pm|ml|hs)$/i;
const VERSION_LABEL =
  /^(?:v?\d+(?:\.\d+)*|[a-z]|old|new|final|latest|next|prod|dev|beta|x|draft|copy|backup|main|lib|mod|index|utils?|test|tests|setup|build|config|script|readme|helpers?|master|release|stable|staging|alpha|nightly|canary|rc\d*|es\d+|daily|weekly)\.[a-z.]+$/i;
/** What package managers call a version: `left-pad@latest.` */
const VERSION_TAG = /^(?:latest|next|canary|nightly)\.[a-z]{2,}$/i;
/** `git@github.com:owner/repo`, `user@host.com:/path`, `user@host:~$`, `user@host::module` */
const SHELL_AFTER = /^(?::(?:[\w~.-]{1,64}\/|\/|~|:)|[ :]?~?\]?[$#] )/;
const CALL_AFTER = /^\((?:\)|[-"'\d]|[\w.]{1,30}[),])/;
/** Labels of Kotlin and their like: `return@forEach.let`. */
const KEYWORD_LOCAL = /^(?:this|super|return|break|continue|self|git|it)$/;
const ROT13_ROLES: ReadonlySet<string> = new Set([...ROLES].filter((role) => role.length > 3).map(rot13));

/** Texts of the form name@host.tld that nobody can write to. `start`, `at` and `end` bound the candidate in `text`. */
export function isFalseFriend(text: string, start: number, at: number, end: number, code: boolean): boolean {
  const local = text.slice(start, at);
  const domain = text.slice(at + 1, end);
  if (isMachineMade(local, domain) || isFile(domain, code)) return true;
  if (SHELL_AFTER.test(text.slice(end, end + 66)) || isCode(text, start, end, local, domain, code)) return true;
  const before = text.slice(Math.max(0, start - 100), start);
  if (before === '' || before.endsWith('\n')) return false;
  return isPartOfOther(before) || isKerberos(before, domain);
}

function isMachineMade(local: string, domain: string): boolean {
  if (
    MACHINE_LOCAL.test(local) ||
    (MACHINE_DOMAIN.test(domain) && (local.length > 20 || /thread|sentry|unq/.test(domain)))
  )
    return true;
  return ROT13_ROLES.has(local.toLowerCase()) || MAILLESS_HOST.test(domain);
}

function isFile(domain: string, code: boolean): boolean {
  if (RETINA.test(domain) || VERSION_TAG.test(domain) || SURE_FILE_TLD.test(domain)) return true;
  return FILE_TLD.test(domain) && (VERSION_LABEL.test(domain) || (code && CODE_FILE_TLD.test(domain)));
}

function isCode(text: string, start: number, end: number, local: string, domain: string, code: boolean): boolean {
  if (local === 'git' || (KEYWORD_LOCAL.test(local) && domain !== domain.toLowerCase())) return true;
  if (CALL_AFTER.test(text.slice(end, end + 34)) && text[end] === '(' && (code || text[end + 1] === ')')) return true;
  if (!code) return false;
  return text[start - 1] === '/' || text[end] === '(' || MEMBER.test(domain);
}

/** Each kind ends in a character of its own; most addresses stand behind a space or a bracket. */
function isPartOfOther(before: string): boolean {
  if (/[\s:]$/.test(before) && (OTHER_NETWORK.test(before.slice(-30)) || SHELL_COMMAND.test(before))) return true;
  if (/[\w:=/!+-]$/.test(before)) {
    if (/(?:mailto|e-?mail):$/i.test(before)) return false;
    if (/(?:^|\s)!$/.test(before) || LONG_ID.test(before) || OTHER_SCHEME.test(before)) return true;
  }
  return (before.includes('://') && (URL_USER.test(before) || URL_PATH.test(before))) || MESSAGE_ID.test(before);
}

/** `host/web1@REALM.COM` */
function isKerberos(before: string, domain: string): boolean {
  return (
    /(?:^|\s)(?:host|http|nfs|ldap|cifs|imap|smtp|ftp|krbtgt|postgres|hdfs|yarn)\/$/i.test(before) &&
    domain === domain.toUpperCase()
  );
}

function rot13(text: string): string {
  return text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));
}
