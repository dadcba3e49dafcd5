import type { Address } from '#common/domain/address.js';
import type { Spot } from './finding-set.js';

const LINE_CHARS = 160;
const TRAP_LOCAL = /^(?:spam-?trap|honey-?pot|bot-?trap|trap-?bots?|spider-?trap)\d{0,4}@/;
/**
 * What is written beside an address that nobody may write to. "Spam bots" alone is no such word: it is how pages explain
 * why they write an address out.
 */
const TRAP_WORDS =
  /spam-?\s?(?:trap|falle)|honey-?\s?pot|falle f(?:ü|ue)r (?:spam|robot|bot)|black-?list|gesperrt werden|(?:robots?|bots|spiders?) only|only (?:for )?(?:robots?|bots)|(?:humans?|people) (?:must|should|do) not|do(?:n.t| not) (?:e-?mail|mail|write to|contact|send (?:e-?)?mails? to) (?:this|that|the following|\S{1,64}@)|ne pas (?:écrire|envoyer)|no escrib(?:a|ir|as) (?:a|aquí)|non scriver(?:e|mi) (?:a|qui)|(?:nicht|niet) (?:an diese|benutzen|verwenden|gebruiken)|niet mailen|piège à (?:spam|robot)|(?:trampa|trappola) (?:para|per) (?:spam|bots|robot)/i;

/** Whether an address is there to catch programs: by its name, or by the words on the line it stands in. */
export function isTrap(address: Address, { text, start, end }: Spot): boolean {
  if (TRAP_LOCAL.test(address.normalised)) return true;
  const before = text.slice(Math.max(0, start - LINE_CHARS), start);
  const after = text.slice(end, end + LINE_CHARS);
  const line = before.slice(before.lastIndexOf('\n') + 1) + text.slice(start, end) + after.split('\n', 1)[0]!;
  return TRAP_WORDS.test(line);
}
