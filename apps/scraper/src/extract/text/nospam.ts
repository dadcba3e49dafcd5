import { scanAddresses, type Candidate } from './address-scan.js';
import type { CandidateParser } from './candidate-parser.js';

/** Most texts have none of these words and are done. */
const HINT =
  /spam|remov|entfern|lösch|loesch|delete|invalid|enlev|supprim|retire[rz]|quit[ae]|borr[ae]|elimin|rimuov|togli|verwijder|weghal|usu[nń]|odstra|smaž|smaz|fjern|ta bort|tabort|poista|strip|take.?out|cut.?this|ohne|sans|sin |senza|zonder|удал|убер|спам|kald[ıi]r|töröl|törölj|sterg|șterge|削除|除いて|取り除/i;
/** Written into an address in any case: nobody is called this. */
const SURE = new Set(
  `nospam no-spam no_spam spamfree nospamplease no-spam-please removethis remove-this remove_this removeme remove-me
  deletethis delete-this deleteme stopspam stop-spam despam antispam anti-spam spamschutz keinspam kein-spam ohnespam
  spamfrei pasdespam sansspam sinspam senzaspam geenspam semspam bezspamu bezspam ingenspam inget-spam utanspam
  enlevermoi enlevezmoi enlevezceci quitaresto borraresto quitaesto toglimi rimuovimi verwijderdit removaisto usunto
  fjerndette takethisout takeout-this cutthis diesentfernen bitteentfernen bitte-entfernen spamblock nospamhere
  nonspam notspam spamless`.split(/\s+/),
);
/** Only where they stand out as capitals: there are mailboxes and companies with these names. */
const SHOUTED =
  /NO[-_]?SPAM|REMOVE(?:[-_]?(?:THIS|ME|SPAM|CAPS|IT))?|DELETE(?:[-_]?(?:THIS|ME))?|(?:BITTE)?ENTFERNEN?|(?:DIES|BITTE)?LOESCHEN|SPAM(?:SCHUTZ|FREI|BLOCK|TRAP|FREE|STOP)?|(?:ANTI|STOP|KEIN|OHNE|DE|SANS|SIN|SENZA|GEEN|SEM|BEZ|INGEN|UTAN)[-_]?SPAMU?|ENLEVE[RZ](?:MOI|CECI)?|SUPPRIME[RZ](?:MOI)?|RETIRE[RZ]|QUITAR?(?:ESTO)?|BORRAR?(?:ESTO)?|ELIMINAR?|RIMUOVI(?:MI)?|TOGLI(?:MI)?|VERWIJDER(?:EN|DIT)?|WEGHALEN|REMOVA(?:ISTO)?|USUN(?:TO)?|ODSTRANIT|SMAZAT|FJERN(?:DETTE|MIG|MEG)?|TABORT|POISTA(?:TAMA)?|STRIPTHIS|TAKE(?:THIS)?OUT|CUTTHIS|XSPAMX|XXX|INVALID/;
const EXPLANATION =
  /remov|entfern|lösch|loesch|delet|enlev|supprim|retire|quit[ae]|borr[ae]|elimin|rimuov|togli|verwijder|weghal|usu[nń]|odstra|smaž|fjern|ta bort|poista|strip|take out|cut|without|ohne|sans|sin |senza|zonder|utan|uden|uten|bez|удал|убер|без|kaldır|töröl|șterge|omit|weglassen|streichen|drop/iu;
const BRACKETED = /[[({<]([\p{L}_ -]{3,24})[\])}>]/gu;
const CONTEXT_CHARS = 120;
const CLOSE_CHARS = 100;
const MAX_LOOKS = 40;
const TOKEN_CHAR = /[\p{L}\p{M}\p{N}._%+'-]/u;
const MAX_TOKEN = 200;
/** Words in brackets that are looked at in one text, and what is read on either side of each. */
const MAX_INSERTIONS = 100;
const MAX_SIDE = 100;
const NOTHING: ReadonlySet<string> = new Set();

/** `name@REMOVETHIS.acme.com`, `nameNOSPAM@acme.com`, `name@acme.com.invalid`: what they mean; what is written there is no address. */
export function scanNospam(text: string, parser: CandidateParser): Candidate[] {
  if (!mayHoldInsertion(text)) return [];
  const found = scanBracketed(text, parser);
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const { start, end } = tokenAround(text, at);
    const token = text.slice(start, end);
    if (text[start - 1] === '@' || text[end] === '@') continue;
    const shouts = /\p{Lu}{3}/u.test(token) && /\p{Ll}/u.test(token);
    if (!shouts && !HINT.test(token)) continue;
    const cleaned = cleanToken(token, shouts ? explainedWords(text, start, end) : NOTHING);
    if (cleaned === null) continue;
    const [candidate] = scanAddresses(cleaned, parser);
    if (candidate === undefined) continue;
    found.push({ address: candidate.address, start, end });
  }
  return found;
}

/** By what stands close to the at-signs; where there are many, by all. */
function mayHoldInsertion(text: string): boolean {
  let seen = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if ((seen += 1) > MAX_LOOKS) return HINT.test(text);
    const around = text.slice(Math.max(0, at - CLOSE_CHARS), at + CLOSE_CHARS);
    if (HINT.test(around) || /\p{Lu}{3}/u.test(around)) return true;
  }
  return false;
}

/** `name@[nospam]acme.com`, `name(remove)@acme.com`: what they mean without the brackets and the word in them. */
function scanBracketed(text: string, parser: CandidateParser): Candidate[] {
  const found: Candidate[] = [];
  let insertions = 0;
  for (const { 0: insertion, 1: written = '', index } of text.matchAll(BRACKETED)) {
    const word = written.trim().replace(/[ -]/g, '');
    if (!SURE.has(word.toLowerCase()) && SHOUTED.exec(word.toUpperCase())?.[0] !== word.toUpperCase()) continue;
    if ((insertions += 1) > MAX_INSERTIONS) break;
    const end = index + insertion.length;
    const left = text.slice(Math.max(0, index - MAX_SIDE), index);
    for (const candidate of scanAddresses(left + text.slice(end, end + MAX_SIDE), parser)) {
      if (candidate.start >= left.length || candidate.end <= left.length) continue;
      const before = index - left.length;
      found.push({
        address: candidate.address,
        start: before + candidate.start,
        end: before + candidate.end + insertion.length,
      });
    }
  }
  return found;
}

function tokenAround(text: string, at: number): { start: number; end: number } {
  let [start, end] = [at, at + 1];
  while (start > 0 && at - start < MAX_TOKEN && TOKEN_CHAR.test(text.charAt(start - 1))) start -= 1;
  while (end < text.length && end - at < MAX_TOKEN && TOKEN_CHAR.test(text.charAt(end))) end += 1;
  while (end > at && /[.'-]/.test(text.charAt(end - 1))) end -= 1;
  return { start, end };
}

/** The words beside an address that asks to have something removed. */
function explainedWords(text: string, start: number, end: number): ReadonlySet<string> {
  const around = `${text.slice(Math.max(0, start - CONTEXT_CHARS), start)} ${text.slice(end, end + CONTEXT_CHARS)}`;
  return EXPLANATION.test(around) ? new Set(around.match(/[\p{L}\p{N}_-]{3,30}/gu)) : new Set();
}

/** The token without its insertions, or null where it has none. */
function cleanToken(token: string, explained: ReadonlySet<string>): string | null {
  const at = token.indexOf('@');
  const isInsertion = (word: string): boolean =>
    SURE.has(word.toLowerCase()) ||
    (isShout(word, token) && SHOUTED.exec(word)?.[0] === word) ||
    isExplained(word, token, explained);
  const local = cleanLocal(token.slice(0, at), isInsertion, explained);
  const domain = cleanDomain(token.slice(at + 1), isInsertion, explained);
  const cleaned = `${local}@${domain}`;
  return cleaned === token || local === '' || !domain.includes('.') ? null : cleaned;
}

/** In capitals in an address that is not: an address all in capitals shouts anyway. */
function isShout(word: string, token: string): boolean {
  return /^[\p{Lu}\d_-]{3,}$/u.test(word) && /\p{Ll}/u.test(token);
}

function isExplained(word: string, token: string, explained: ReadonlySet<string>): boolean {
  return explained.has(word) && isShout(word, token);
}

function cleanLocal(local: string, isInsertion: (word: string) => boolean, explained: ReadonlySet<string>): string {
  if (isInsertion(local)) return local;
  const kept = local
    .replace(/([._+-])([\p{L}\d]+(?:[-_][\p{L}\d]+)?)$/u, (whole, _separator: string, word: string) =>
      isInsertion(word) ? '' : whole,
    )
    .replace(/[._+-]([\p{L}\d]+)$/u, (whole, word: string) => (isInsertion(word) ? '' : whole))
    .replace(/^([\p{L}\d]+(?:[-_][\p{L}\d]+)?)([._+-])/u, (whole, word: string) => (isInsertion(word) ? '' : whole))
    .replace(/[._+-]([\p{L}\d]+)(?=[._+-])/gu, (whole, word: string) => (isInsertion(word) ? '' : whole));
  return cleanEdge(cleanGlued(kept, explained));
}

/** `nameNOSPAM`, `NOSPAMname`, `namenospam`. */
function cleanGlued(text: string, explained: ReadonlySet<string>): string {
  const shouted = /^(.*?\p{Ll}[\d._-]?)?(\p{Lu}{3,}(?:[-_]\p{Lu}+)?)([\d._-]?\p{Ll}.*)?$/u.exec(text);
  const word = shouted?.[2];
  if (word !== undefined && (SHOUTED.exec(word)?.[0] === word || explained.has(word)))
    return `${shouted?.[1] ?? ''}${shouted?.[3] ?? ''}` || text;
  return text;
}

/** In small letters only at the edge of a name: `nospamproxy.de` is a company. */
function cleanEdge(local: string): string {
  const before = /^(.{2,})(?:nospam|removethis|removeme)$/.exec(local)?.[1];
  return before ?? /^(?:nospam|removethis|removeme)(.{2,})$/.exec(local)?.[1] ?? local;
}

function cleanDomain(domain: string, isInsertion: (word: string) => boolean, explained: ReadonlySet<string>): string {
  const labels = domain.split('.');
  const kept = labels.filter(
    (label, index) => !(isInsertion(label) && !(index === labels.length - 2 && labels.length === 2)),
  );
  const ends =
    kept.length > 2 && /^(?:invalid|nospam|no-spam|spam|remove|removethis)$/i.test(kept.at(-1) ?? '')
      ? kept.slice(0, -1)
      : kept;
  return ends
    .map((label) => {
      const word = /^(no-?spam|remove-?this|remove-?me|[A-Z]{3,})-/.exec(label)?.[1];
      if (word !== undefined && isInsertion(word)) return label.slice(word.length + 1);
      const tail = /-(no-?spam|remove-?this|remove-?me|[A-Z]{3,})$/.exec(label)?.[1];
      if (tail !== undefined && isInsertion(tail)) return label.slice(0, -tail.length - 1);
      return cleanGlued(label, explained);
    })
    .join('.');
}
