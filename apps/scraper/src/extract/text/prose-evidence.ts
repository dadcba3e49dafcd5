const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Mailboxes that many organisations have: as a word alone they are more likely an address than prose. */
export const ROLES = set(`
  info infos office mail email contact contacto contatto contato contacts kontakt kontakty kapcsolat sales support
  service hello hallo hola hi post team admin webmaster booking bookings reservation reservations reservas reservierung
  orders order bestellung bestellungen verkauf vertrieb ventas vendite comercial commercial praxis kanzlei verein
  sekretariat sekretariatet secretariat secretaria segreteria redaktion redaction redazione redaccion redakcja press
  presse prensa stampa jobs job karriere career careers bewerbung hr marketing help helpdesk hilfe billing accounts
  accounting invoice rechnung buchhaltung customerservice kundenservice kundendienst enquiries inquiries enquiry anfrage
  anfragen studio shop store webshop reception rezeption empfang hotel direction direktion director general management
  datenschutz privacy dpo legal security abuse postmaster hostmaster feedback media events event news newsletter
  editor editors editorial admissions library bibliothek museum school schule gemeinde rathaus stadt biuro sklep
  firma poczta obchod prodej asiakaspalvelu toimisto myynti posta iletisim satis escritorio atendimento vendas
  administratie administration administracion amministrazione klantenservice bestuur
`);

/** Words before an "at" that are prose: pronouns, verbs, places, names of networks. */
const STOP_WORDS = set(`
  us me you him her them it we i he she they this that these those here there where what who which all both each one
  ones everyone anyone someone home work school night noon once least last first best most more only now then today
  live online offline is are was were be been being am stay stays stayed look looks looked looking meet meets
  met meeting arrive arrives arrived arriving found find finds available located location based held stop stops
  stopped start starts started starting begin begins see seen visit visits visiting join joins joined eat dine dined
  lunch dinner breakfast drinks party buy bought sell sold priced price prices come comes came go goes
  went gone be read reads listen watch play played playing posted published hosted working works worked worker
  student students study studied taught teaching teaches teacher professor lecturer researcher engineer developer
  manager partner founder ceo cto intern speak spoke speaking talk talked talks show shows shown sign signed
  register registered apply applied check checked learn learned download downloaded view viewed viewing click reach
  reached call called directly free people not and or but so just even still good bad great at to in on for
  from by of up down out off over sure right site website web page pages link links blog profile details information
  photo photos picture image video videos article tickets ticket books booked sleep sleeping rest
  smile smiled laugh laughed shout point dot aim aimed arrowed glance stare stared hint angry mad good amazed surprised
  kg lb eur usd gbp pcs units miles follow followed following instagram insta twitter facebook tiktok youtube snapchat
  threads telegram pinterest mastodon linkedin discord twitch bluesky github by via with cc tag tagged ig fb
  wir uns mich dir ihm sie es ist sind war waren finden treffen besuchen heute morgen hier dort auch und oder
  nous moi vous est sont était ici là aussi et ou suivez trouvez nosotros aquí aqui está son estamos y o síguenos
  siguenos noi qui è sono anche seguici hier zijn ons volg følg oss os følge
  enroll enrol subscribe donate vote search browse explore discover try pay log login logged connect chat ask enquire
  enter submit upload save saved earn win wait waiting open opens opened happening hosting near
  la el le los les der die das den dem une un una een en ett
`);
const MAILBOX_WORDS = set('me it information tickets photo photos video blog books');
const DETERMINERS = set(`
  our the a an my your his its their this that any every some new old more further additional other free great best find
  all mehr weitere weiteres más altre altri meer mer więcej více unser unsere unserem der die das dem den ein eine
  notre nos votre le la les un une nuestro nuestra su el los nostro nostra il lo ons onze uw de het vår vores vår
`);

/** What stands right before an address: "E-mail:", in some forty languages. */
const LABEL =
  /(?:^|[^\p{L}\p{N}])(?:e-?\s?mails?|mail|mails|mailto|e-?\s?post|e-?\s?posta|post|contact|contacts|contacto|contatto|contatti|contato|kontakt|kontakty|kontakta|courriel|mél|mel|correo|correo electrónico|correio|posta|pec|poczta|adres|adresse|address|addr|adresa|sähköposti|maili|meili|tölvupóstur|netfang|tölvupóst|epasts|el\.? ?paštas|paštas|ímél|emil|drótposta|e-?pošta|pošta|ел\.? ?пошта|эл\.? ?почта|почта|пошта|имейл|имейл|е-?пошта|імейл|емейл|мейл|ηλεκτρονικό ταχυδρομείο|διεύθυνση|דוא"?ל|אימייל|מייל|メール|メールアドレス|邮箱|邮件|郵箱|電郵|电邮|이메일|메일|البريد|ایمیل|thư điện tử|อีเมล|surel|ईमेल|helbide elektronikoa|posta elektronikoa|correu|correu electrònic|ríomhphost|ebost|reach(?: me| us)?(?: at| by)?|write(?: to)?(?: me| us)?(?: at)?|inquiries|enquiries|anfragen|bewerbung(?:en)?|applications?|support|feedback|rückfragen|m|e|@|✉|📧)\s{0,2}(?:[:：=»>–—-]\s{0,20}|\s{0,3}\(|[✉📧]\s{0,3})$/iu;
/** "Write to …": weaker, the same words make prose. */
const PHRASE =
  /(?:^|[^\p{L}])(?:(?:write|e-?mail|mail|send|line|message|reach|contact|drop|ping|reply|enquir\w{1,6}|inquir\w{1,6})(?: (?:me|us|it|them|an e-?mail|a mail|a message|a line|a note))?(?: (?:to|at|via|by|on|under))?|schreib\w{0,3}(?: \w{2,4})?(?: an)?|mail an|e-?mail an|(?:wenden sie sich|kontakt|anfragen|erreichbar|per mail) (?:an|unter)|écri\w{1,4}(?: à)?|escrib\w{1,5}(?: a)?|escrev\w{1,4}(?: para)?|scriv\w{1,6}(?: a)?|mail naar|schrijf(?: naar)?|skriv(?: till| til)?|napisz(?: na)?|pište(?: na)?|пиш\p{L}{1,4}(?: на)?|írj\p{L}{0,4}|(?:address|e-?mail|adresse|correo|dirección|indirizzo|adres|adress|adresa) (?:is|ist|lautet|est|es|è|é|jest|är|er|on|je|:)|\((?:that[’']s|that is|i\.?e\.?,?|read|in words:?|sprich|d\.\s?h\.|also|c[’']est(?:-à-dire)?|es decir|cioè))\s{1,3}$/iu;

/** "Mail an: Dr. Lind, …": a label, and somebody's name after it. */
const NAMED_LABEL =
  /(?:^|[^\p{L}])(?:e-?mail|mail|e-?post|kontakt|contact|contacto|contatto|courriel|correo|write|schreib\w{0,3})(?: (?:an|to|at|via|à|a|unter))?\s?:?\s((?:\p{L}[\p{L}.'’-]{0,20} ){0,4}\p{L}[\p{L}.'’-]{1,20})[,:;]\s{1,2}$/iu;
const TOWARDS =
  /(?:^|[^\p{L}])(?:to|via|an|unter|à|a|para|naar|till|til|na|на|is|ist|lautet|est|es|è|é|jest|är|er|on|je)\s{1,3}$/iu;
/** The start of a line or of a list's item. */
const BOUNDARY = /(?:^|[\n:;,(<[{>"“„«»|–—•·/\d]\s{0,20})$/;

/** What is known about a written-out address besides its letters. */
export interface ProseSpot {
  /** The text up to the local part, and from the end of the domain on. */
  before: string;
  after: string;
  local: string;
  domain: string;
}

/** A word of prose; but behind "E-mail:" some of them are mailboxes. */
export function isNoName(spot: ProseSpot): boolean {
  const word = spot.local.toLowerCase();
  return STOP_WORDS.has(word) && !(MAILBOX_WORDS.has(word) && /[:：]\s{0,3}$/.test(spot.before) && hasLabel(spot));
}

/** Whether its line holds nothing else. */
export function isWholeLine({ before, after }: ProseSpot): boolean {
  return /(?:^|\n)[ \t\u00a0]{0,20}$/.test(before) && /^[.,;]?[ \t\u00a0]{0,7}(?:\n|$)/.test(after);
}

export function isRole(local: string): boolean {
  return ROLES.has(local.toLowerCase());
}

export function hasLabel({ before }: ProseSpot): boolean {
  return LABEL.test(before);
}

/** Whether a local part looks like one by its own form, or its place makes it one. */
export function hasEvidence(spot: ProseSpot): boolean {
  const { before, local } = spot;
  if (/\p{L}[._\d-]|\d\p{L}/u.test(local)) return true;
  if (hasLabel(spot) || PHRASE.test(before)) return true;
  if (isAfterDeterminer(before)) return false;
  return isRole(local) || BOUNDARY.test(before);
}

/** Whether it stands where an address does: first in its line, behind a label, or after "write to". */
export function standsAsAddress(spot: ProseSpot): boolean {
  return BOUNDARY.test(spot.before) || hasLabel(spot) || PHRASE.test(spot.before);
}

/** As `hasEvidence`, for what would be plain prose otherwise: `info at acme.com`. */
export function hasStrongEvidence(spot: ProseSpot): boolean {
  const { local, before } = spot;
  const isName = local === local.toLowerCase() || local === local.toUpperCase() || isRole(local);
  if (hasLabel(spot) || (before.endsWith('<') && spot.after.startsWith('>'))) return isName;
  if (isAfterOwnName(spot)) return isName;
  return PHRASE.test(before) && TOWARDS.test(before) && isName && (isRole(local) || /\p{L}[._]/u.test(local));
}

/** `Mail an: Dr. Lind, lind at …`: the local part takes up the name before it; "Dr. Lind, dentist at …" does not. */
function isAfterOwnName({ before, local }: ProseSpot): boolean {
  const name = NAMED_LABEL.exec(before)?.[1]?.toLowerCase();
  if (name === undefined) return false;
  const parts = local.toLowerCase().split(/[._-]/);
  return parts.some((part) => part.length > 2 && name.split(/[\s.-]+/).includes(part));
}

/** "… dot in the frame": a top-level domain that is a word, and prose goes on. */
export function isMidSentence({ domain, after }: ProseSpot): boolean {
  const tld = domain.slice(domain.lastIndexOf('.') + 1);
  return WORD_TLDS.has(tld.toLowerCase()) && /^[ \u00a0]{1,3}\p{Ll}/u.test(after);
}

const WORD_TLDS = set(`
  in is it at to me my so no be by de la es as am us do an one now here page world today red blue green black pink top
  best cool fun fit fast free game games life live love map men mom new news next open party pet photo plus press rest
  run sale save school search show site space store study style team tips tools town training trust watch wine work
  works zone art bar box bio cafe call camp care case cash center city click club day date deal dog fish food gift
  guide help home house how ink jobs land link menu mobile money name night on place play read room win you
  et ai om si se li le al ma na ni va pa
`);

function isAfterDeterminer(before: string): boolean {
  const word = /(?:^|[^\p{L}])(\p{L}{1,9})\s{1,3}$/u.exec(before.slice(-14))?.[1];
  return word !== undefined && DETERMINERS.has(word.toLowerCase());
}
