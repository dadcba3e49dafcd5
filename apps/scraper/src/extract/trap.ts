import type { Address } from '#common/domain/address.js';
import type { Spot } from './finding-set.js';

const NEAR_CHARS = 80;
const TRAP_LOCAL = /^(?:spam-?trap|honey-?pot|bot-?trap|trap-?bots?|spider-?trap)\d{0,4}@/;
/**
 * What is written right before an address that nobody may write to. "Spam bots" alone is no such word: it is how pages
 * explain why they write an address out.
 */
const BEFORE =
  /(?:spam-?\s?(?:trap|falle)[^@.\n]{0,20}|honey-?\s?pot|(?:robots?|bots|spiders?|crawlers?) only|(?:do(?:n.?t| not)|never|must not) (?:e-?mail|mail|write|send (?:e-?)?mails?)(?: to)?(?: this address| the following address)?|ne (?:pas|jamais) écrire à(?: cette adresse)?|no escrib(?:a|as|ir) (?:nunca )?a(?: esta dirección)?|non scriv(?:ere|ete) (?:mai )?a(?: questo indirizzo)?|(?:nicht|nie(?:mals)?) an(?: diese adresse)?(?: schreiben)?|niet mailen(?: naar)?)[\s:="'(‹<–-]{0,6}$/i;
/** And right behind it. */
const AFTER =
  /^[\s.,;:)"'›>–-]{0,4}(?:(?:is an? |ist eine |= ?)?(?:spam-?\s?(?:trap|falle)|honey-?\s?pot)\b|(?:or|oder|sonst)[^.]{0,30}(?:black-?list|banned|gesperrt)|(?:bitte )?nicht (?:benutzen|anschreiben)|[^.]{0,20}falle für (?:spam|robot|bot))/i;

/** Whether an address is there to catch programs: by its name, or by the words beside it on its line. */
export function isTrap(address: Address, { text, start, end }: Spot): boolean {
  if (TRAP_LOCAL.test(address.normalised)) return true;
  const before = text.slice(Math.max(0, start - NEAR_CHARS), start);
  return (
    BEFORE.test(before.slice(before.lastIndexOf('\n') + 1)) ||
    AFTER.test(text.slice(end, end + NEAR_CHARS).split('\n', 1)[0]!)
  );
}
