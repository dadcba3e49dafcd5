import { rot13 } from '../encodings/ciphers.js';
import { ROLES } from './prose-evidence.js';

/** Schemes whose identifiers look like addresses and are none. */
const OTHER_SCHEME =
  /(?:^|[^a-z])(?:sips?|xmpp|im|pres|cid|mid|acct|ssh|scp|sftp|rsync|git|svn\+ssh|news|nntp|matrix|h323|skype|callto|facetime|lightning|iax2?|msnim|ymsgr|gtalk|aim|irc|mumble|bitcoin|nostr):\/{0,2}$/i;
/** Networks whose names have the same form, right before the name. */
const OTHER_NETWORK =
  /(?:^|[^a-z])(?:xmpp|jabber|jid|sip|voip|matrix|mastodon|fediverse|activitypub|pixelfed|peertube|lemmy|bluesky|lightning|msn|icq|facetime|teams-id|kerberos|principal)(?: id| address| account)?\s?[:=]?\s{1,3}$/i;
/** The user part of `scheme://user:password@host`. */
const URL_USER = /:\/\/[^\s/"'<>]{0,80}$/;
/** A path (not a query, where an address is one): group archives, profiles. */
const URL_PATH = /https?:\/\/[^\s"'<>?#=&]{1,98}$/i;
const MESSAGE_ID =
  /(?:message-id|in-reply-to|content-id|resent-message-id|msgid|x-[a-z-]{1,20}-id|xref|envelope-id)\b(?:[^@\n]{0,60}|:?[ \t\r]{0,4}\n[ \t]{0,8}<)$|references:\s{0,8}(?:<[^<>\s]{1,80}>\s{1,8}){0,3}<$/i;
/** A header's name, and its value on the next line (RFC 5322, folding; cells of a table). */
const MESSAGE_ID_LINE = /(?:^|\n)\s{0,8}(?:(?:resent-)?message-id|in-reply-to|content-id)\s{0,3}:?\s{0,4}\n$/i;
/** RFC 3966: a number has no host. */
const PHONE_SCHEME = /(?:^|[^a-z])(?:tel|fax|sms|mms):\/{0,2}\+?$/i;
/** RFC 5545: `UID:20240311T091500-4711@host`. */
const CALENDAR_ID = /(?:^|[^a-z])(?:UID|RELATED-TO|X-WR-RELCALID)(?:;[^:\n@]{1,40})?:$/;
/** Return paths that hold the recipient (VERP, SRS): `bounces+ada=acme.com@`, `SRS0=HHH=TT=acme.com=ada@`. */
const RETURN_PATH = /(?:[+-][\w.+-]{1,63}|\bSRS[01][=+-][^\s@]{0,80})=$/i;
const RETURN_LOCAL =
  /^(?:bounces?|reply|unsub(?:scribe)?|return|returns|verp|msprvs\d?|fbl|owner)[-+_.](?=[\w+.-]{0,40}\d)[\w+.-]{8,}$/i;
/** What stands beside a host mask in logs of IRC. */
const IRC_BEFORE = /(?:[[(<!]~|[\w|`^{}[\]-]!~?)$/;
const IRC_AFTER =
  /^[\])>]{0,2}:? (?:has (?:(?:joined|left) [#&]|quit [[(])|\(?(?:quit|signed off)|(?:PRIVMSG|JOIN|PART|QUIT|NOTICE|KICK|MODE|NICK) )/i;
/** What comes before the `=` or `/` of a message's name. */
const LONG_ID = /(?:^|[<\s])(?=[^\s\d]{0,30}\d)[\w+-]{16,90}[=/]$/;
const SHELL_COMMAND =
  /(?:^|[\s$#>`])(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id|ssh-keygen|kinit)\s(?:-[\w-]{1,12}\s(?:[\w./-]{1,40}\s)?)?(?:[\w./~-]{1,40}\s)?$/i;
/** Sentry keys, hashes, UUIDs, message numbers: made by machines, not given to people. */
const MACHINE_LOCAL =
  /^(?:[0-9a-f]{24,}|[0-9a-f]{8,16}(?:-[0-9a-f]{4,12}){4,7}|[0-9a-f.]{28,}|\d{12,}\.[\da-z.]{4,}|CA[A-Za-z0-9+_=-]{30,}|(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=(?:\D*\d){4})[A-Za-z0-9_=+-]{28,})$/;
const MACHINE_DOMAIN =
  /(?:^|\.)(?:ingest(?:\.\w{2})?\.sentry\.io|sentry(?:-next)?\.wixpress\.com|unq\.gbl\.spaces|mail\.gmail\.com|reply\.github\.com|thread\.(?:v2|tacv2|skype))$/i;
/** Web hosts that give no mail to the names below them. */
const MAILLESS_HOST =
  /(?:^|\.)(?:(?:users\.)?noreply\.github\.com|(?:group|import|resource)\.(?:v\.)?calendar\.google\.com|[a-z]{3,12}\.gserviceaccount\.com|zoomcrc\.com|bjn\.vc|plcm\.vc|s\.whatsapp\.net|g\.us|c\.us)$|\.(?:(?:github|gitlab|webflow|ngrok|readthedocs|glitch|bitbucket)\.(?:io|me)|(?:wixsite|herokuapp|appspot|myshopify|firebaseapp|cloudfront|netlify|azurewebsites|blogspot|s3\.amazonaws)\.(?:com|net)|(?:netlify|vercel|web|fly|onrender|streamlit)\.(?:app|dev|com)|(?:pages|workers|deno)\.dev)$/i;
/** Names of single lines at providers: `203-0-113-7.dyn.acme.net`, `p5B0A1C2D.dip0.acme.net` */
const LINE_HOST =
  /^(?:[a-z-]{0,12}[.-]?)(?:\d{1,3}[-.x]){3}\d{1,3}(?=\D)|^[a-z]{0,8}[-.]?[0-9a-f]{8,12}\.(?:dip|dyn|pool|dsl|cable|cpe)/i;
/** `tool@1.4.2-beta.dev` */
const VERSION = /^v?\d+\.(?:\d+|x)\.(?:\d|x|[a-z]{2,}$)|^v?\d+\.\d+-[a-z]+\.|^sha(?:1|256|384|512)\./i;
/** Networks of the fediverse, whose names are `user@server` as well. */
const FEDIVERSE =
  /^(?:mastodon\.(?:social|online|world|art|xyz|cloud|green|uno|nl|ie|scot)|mstdn\.(?:social|jp|ca|party)|fosstodon\.org|hachyderm\.io|infosec\.exchange|mas\.to|chaos\.social|social\.coop|techhub\.social|pixelfed\.(?:social|de)|lemmy\.(?:world|ml)|kbin\.social|misskey\.io|bsky\.social|scholar\.social|norden\.social|sigmoid\.social|threads\.net)$/i;
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
/** Versions that are names of companies as well, or numbers (but `163.com` has millions of mailboxes). */
const WEAK_VERSION_TAG = /^(?:beta|alpha|rc|stable|edge|dev|main|master|v?\d{1,2}|lts)\.[a-z]{2,}$/i;
const PACKAGE_COMMAND =
  /(?:^|[^a-z])(?:npm|npx|pnpm|yarn|bunx?|deno|docker|podman|pip|cargo|gem|brew|composer|image:)\s(?:[\w@./:+-]{1,30}\s){0,4}$|(?:^|[^a-z])(?:pull|install|add|upgrade)\s$/i;
const PACKAGES: ReadonlySet<string> = new Set(
  `vite vitest vue react preact svelte angular typescript next nuxt astro remix webpack rollup esbuild eslint prettier
  babel jest node nodejs deno express nestjs lodash axios tailwindcss storybook electron nginx redis postgres mysql
  mongo alpine ubuntu debian python rust golang django rails laravel symfony pnpm yarn npm docker app`.split(/\s+/),
);
/** Scripts of a shell are called by verbs; Saint Helena's domains seldom are. */
const SHELL_SCRIPT =
  /^(?:docker-|pre-?|post-?|un|re)?(?:install|deploy|start|stop|restart|run|update|upgrade|backup|restore|clean|cleanup|bootstrap|entrypoint|init|configure|publish|launch|sync|migrate|check|lint|push|pull|make|compile|package|watch|serve|provision|rollback|healthcheck)\.sh$/i;
/** Addresses in memory, and symbols of linkers: `puts@plt.got`. */
const MACHINE_CODE = /^(?:0x[\da-f]{1,16}|plt|got|gotpcrel|gotoff|tpoff|tlsgd)\.[a-z]+$/i;
const BASE64_EDGE = /[=+/]/;
const BASE64_RUN = /[A-Za-z\d+/=]{0,100}/;
/** Capitals, small letters and digits as no name has them. */
const BASE64_MIX = /\d[A-Z]|[A-Z]{2}[a-z]|[a-z][A-Z]{2}|\.[a-z]+[A-Z]/;
const MIN_BASE64 = 16;
/** `git@github.com:owner/repo`, `user@host.com:/path`, `user@host:~$`, `user@host::module` */
const SHELL_AFTER = /^(?::(?:[\w~.-]{1,64}\/|\/|~|:|\d{2,5}:)|[ :]?~?\]?[$#] | ~[\w/.-]{0,40}\]? ?[%$#>] )/;
const CALL_AFTER = /^\((?:\)|[-"'\d]|[\w.]{1,30}[),])/;
/** Labels of Kotlin and their like: `return@forEach.let`. */
const KEYWORD_LOCAL = /^(?:this|super|return|break|continue|self|git|it)$/;
const ROT13_ROLES: ReadonlySet<string> = new Set([...ROLES].filter((role) => role.length > 3).map(rot13));

/** Texts of the form name@host.tld that nobody can write to. `start`, `at` and `end` bound the candidate in `text`. */
export function isFalseFriend(text: string, start: number, at: number, end: number, code: boolean): boolean {
  const local = text.slice(start, at);
  const domain = text.slice(at + 1, end);
  if (isMachineMade(local, domain) || isFile(local, domain, code)) return true;
  const after = text.slice(end, end + 66);
  if (SHELL_AFTER.test(after) || IRC_AFTER.test(after) || isCode(text, start, end, local, domain, code)) return true;
  const before = text.slice(Math.max(0, start - 100), start);
  if (isBase64(before, text.slice(start, end), after) || isPackage(before, local, domain, code)) return true;
  if (before === '') return false;
  if (before.endsWith('\n')) return MESSAGE_ID_LINE.test(before) && !ROLES.has(local.toLowerCase());
  if (PHONE_SCHEME.test(before) && /^[\d.-]+$/.test(local)) return true;
  return isPartOfOther(before) || isKerberos(before, domain);
}

function isMachineMade(local: string, domain: string): boolean {
  if (
    (local.length >= 17 && MACHINE_LOCAL.test(local)) ||
    (MACHINE_DOMAIN.test(domain) && (local.length > 20 || /thread|sentry|unq/.test(domain)))
  )
    return true;
  if (local.length > 12 && RETURN_LOCAL.test(local)) return true;
  if (/\d/.test(domain) && LINE_HOST.test(domain)) return true;
  if (FEDIVERSE.test(domain) && !ROLES.has(local.toLowerCase())) return true;
  return ROT13_ROLES.has(local.toLowerCase()) || MAILLESS_HOST.test(domain);
}

function isFile(local: string, domain: string, code: boolean): boolean {
  if (RETINA.test(domain) || VERSION.test(domain) || VERSION_TAG.test(domain) || SURE_FILE_TLD.test(domain))
    return true;
  if (MACHINE_CODE.test(domain)) return true;
  if (SHELL_SCRIPT.test(domain) && !ROLES.has(local.toLowerCase())) return true;
  return FILE_TLD.test(domain) && (VERSION_LABEL.test(domain) || (code && CODE_FILE_TLD.test(domain)));
}

/** `vite@beta.app`: a package and its tag, in a command, in code, or by the name of the package. */
function isPackage(before: string, local: string, domain: string, code: boolean): boolean {
  if (!WEAK_VERSION_TAG.test(domain) || !/^[a-z][a-z\d-]*$/.test(local) || ROLES.has(local)) return false;
  const isNumber = /^v?\d/i.test(domain);
  return PACKAGE_COMMAND.test(before) || (!isNumber && ((code && /\s$/.test(before)) || PACKAGES.has(local)));
}

/** A piece of binary data written as text, in which the sign and the dot are chance. */
function isBase64(before: string, candidate: string, after: string): boolean {
  const isLeft = BASE64_EDGE.test(before.slice(-1));
  if (!isLeft && !BASE64_EDGE.test(after.charAt(0))) return false;
  const left = /[A-Za-z\d+/=]{0,100}$/.exec(before)?.[0] ?? '';
  const run = `${left}${candidate}${BASE64_RUN.exec(after)?.[0] ?? ''}`;
  const domain = candidate.length - candidate.indexOf('@');
  return run.length - domain >= MIN_BASE64 && BASE64_MIX.test(candidate) && /\d/.test(run) && /[a-z]/.test(run);
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
  if (/[[(<!]~$|[\w:=/!+$-]$/.test(before)) {
    if (/(?:mailto|e-?mail):$/i.test(before)) return false;
    if (before.endsWith('$') || RETURN_PATH.test(before) || IRC_BEFORE.test(before)) return true;
    if (CALENDAR_ID.test(before) || /(?:^|\s)!$/.test(before) || LONG_ID.test(before) || OTHER_SCHEME.test(before))
      return true;
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
