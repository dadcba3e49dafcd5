/** A notice is one sentence, if a long one; the longest boilerplate met has 330 characters. */
const REACH = 380;
/** Short runs are looked through together: each look begins with the end of the one before. */
const MIN_CHARS = 4096;
/** Sentences looked at in one page: bounds what a hostile one can cost. */
const MAX_SENTENCES = 1_000;

/** What a notice is about, in one language: all of the first three in one sentence, and nothing of the fourth. */
interface Wording {
  /** Whose addresses: published contact data. */
  data: RegExp;
  /** For what: advertising, or collecting them at all. */
  use: RegExp;
  ban: RegExp;
  /** Signs that the sentence is about the reader's address: a promise of the privacy statement. */
  readers: RegExp;
}

const WORDINGS: readonly Wording[] = [
  {
    data: /kontaktdaten|kontaktinformation|adress(?:e|daten)|e-?mail-?adr|impressum|kontaktangaben|zusendung|spam-?mails/i,
    use: /werb|spam|adresshändler|ausgelesen|auslesen|sammeln|harvest/i,
    ban: /widersproch|widersprechen wir|widerspreche ich|untersag|verboten|nicht gestattet|nicht erlaubt|unzulässig|nicht (?:für|zu|zum|zur|zwecks) [^.]{0,120}(?:verwende|genutz|benutz|gesammel|weiterge)|rechtliche schritte|nicht erwünscht|unerwünscht ist/i,
    readers: /\bihre[rnms]?\b|\bdeine[rnms]?\b|\bsie können\b|\bdu kannst\b|betroffene|newsletter|direktwerbung/i,
  },
  {
    data: /addresses\b|(?:e-?mail|contact) address|contact (?:details|information|data)|send us|contact us with|e-?mails? (?:to|sent) (?:us|this|these)|wish to receive|on this (?:site|page|website)/i,
    use: /harvest|unsolicited|\bspam|marketing|advertis|solicitation|mailing list|bulk|scrap(?:e|ing)|commercial e-?mail/i,
    ban: /may not|must not|shall not|cannot be used|not be (?:used|harvested|collected|copied|added|scraped)|not to be|not (?:harvest|collect|scrape|use)\b|do not (?:use|add|harvest|send|copy|consent|wish|want|accept|scrape|collect)|don['’]t (?:use|add|harvest|send|want|wish)|prohibited|forbidden|not permitted|not allowed|no permission|not authori[sz]ed|object to|no unsolicited/i,
    readers:
      /\byour\b|\bwe (?:will|shall|never|won|do not (?:send|share|sell|use|spam|rent))|unsubscribe|opt[- ]out|spam (?:folder|filter)|use (?:the|this|our) (?:service|site|platform|website) to (?:send|transmit)/i,
  },
  {
    data: /adresses?\b|coordonnées|courriels? (?:publi|figur|indiqu|mention)|données de contact/i,
    use: /publicit|prospection|démarchage|pourriel|spam|sollicit|collect|commercia|aspir/i,
    ban: /interdi|ne (?:peu(?:t|vent)|doi(?:t|vent)) (?:pas |en aucun cas |être )|ne sont pas destiné|pas autorisé|s['’]oppos|refus|proscri|merci de ne pas/i,
    readers: /\bvotre\b|\bvos\b|désinscri|désabonn|nous ne |newsletter/i,
  },
  {
    data: /direcci(?:ón|ones)|correos? electrónicos? (?:public|que figur|que aparec|de est)|datos de contacto|correos electrónicos/i,
    use: /publicidad|publicitari|spam|no solicitad|fines comerciales|comercial(?:es)?|recopil|recolec/i,
    ban: /prohib|no (?:podrán?|pueden?|se podrá|se permite|está permitid|deben?|se autoriza|autorizamos)|queda(?:n)? (?:expresamente )?prohibid|nos oponemos|rechaz/i,
    readers: /\bsus? (?:datos|correo|direcci)|\btus? |darse de baja|boletín|usted puede/i,
  },
  {
    data: /indirizz[io]|dati di contatto|recapiti|contatti pubblicati/i,
    use: /pubblicit|promozional|spam|non (?:richiest|sollecitat)|commercial|raccolt|raccogli/i,
    ban: /viet|proibi|non (?:possono|può|devono|è consentit|è permess|è autorizzat|sono autorizzat|si autorizza)|ci opponiamo|divieto/i,
    readers: /\b(?:tuo|tuoi|tua|suo|suoi|vostro|vostri)\b|disiscri|newsletter|annullare/i,
  },
  {
    data: /adres(?:sen)?\b|contactgegevens|e-?mail-?adres/i,
    use: /reclame|ongevraagd|spam|commerci|marketing|verzamel|harvest|advertenti/i,
    ban: /verboden|niet toegestaan|mogen niet|mag niet|niet worden (?:gebruikt|verzameld)|maken bezwaar|uitdrukkelijk niet|niet gebruikt worden|geen toestemming/i,
    readers: /\b(?:uw|je|jouw)\b|afmelden|uitschrijven|nieuwsbrief/i,
  },
  {
    data: /endereços?|dados de contat?o|contatos publicados|e-?mails (?:public|dest|aqui)/i,
    use: /publicidade|publicitári|spam|não solicitad|comercia|marketing|recolh|colet/i,
    ban: /proibi|não (?:podem?|poderão|devem?|é permitid|está autorizad|autorizamos)|vedad|opomo-nos/i,
    readers: /\b(?:seus?|suas?|teus?|tuas?)\b|cancelar|newsletter|boletim/i,
  },
  {
    data: /adres(?:y|ów|u|ami)?\b|dan(?:e|ych) kontaktow|adresów e-?mail/i,
    use: /reklam|marketing|handlow|spam|niezamówion|zbiera/i,
    ban: /zabron|zabrania|zakaz|nie (?:mogą|może|wolno|wyraża|zgadza)|sprzeciw|niedozwolon|bez (?:naszej )?zgody/i,
    readers: /\b(?:twój|twoj\w{0,3}|państwa|pana|pani)(?=[^\p{L}]|$)|newsletter|wypis/iu,
  },
  {
    data: /adres|kontaktní(?:ch|m)? údaj|kontaktn(?:é|ých) údaj/i,
    use: /reklam|nevyžádan|nevyžiadan|obchodní|obchodn|spam|marketing|sběr|zber/i,
    ban: /zakáz|nesm[ěíú]|nelze|není (?:dovolen|povolen)|nie je (?:dovolen|povolen)|nesúhlas|nesouhlas|zakazuj|výslovně odm/i,
    readers: /vaš|tvoj|tvůj|newsletter|odhlásit/i,
  },
  {
    data: /adress(?:er|en|erna)?\b|adresse(?:r|n|rne|ne)?\b|kontaktuppgift|kontaktoplysning|kontaktinformasjon|kontaktopplysning/i,
    use: /reklam|marknadsföring|markedsføring|spam|oönskad|uopfordre|uønske|skräppost|samla|indsaml|samle/i,
    ban: /får (?:inte|ej)|må ikke|ikke (?:tillat|tilladt|brukes|bruges|anvendes)|inte (?:användas|tillåt)|förbjud|forbud|undanber|frabe|motsätter|skal ikke/i,
    readers: /\b(?:din|dina|ditt|dit|dine)\b|avregistr|afmeld|nyhetsbrev|nyhedsbrev/i,
  },
  {
    data: /osoit[et]|yhteystie/i,
    use: /maino[sn]|markkinoin|roskaposti|keräämi/i,
    ban: /ei saa|kielletty|ei ole sallittu|kielletään|emme hyväksy/i,
    readers: /sähköpostiosoitteesi|osoitettasi|\bsinun\b|uutiskirje/i,
  },
  {
    data: /cím(?:ek|eket|ét)?(?=[^\p{L}]|$)|elérhetőség/iu,
    use: /reklám|kéretlen|marketing|spam|gyűjt/i,
    ban: /tilos|tiltjuk|nem (?:használható|engedélyez|szabad|járulunk)|tiltakoz/i,
    readers: /hírlevél|leiratkoz|az ön /i,
  },
  {
    data: /адрес|контактн/i,
    use: /реклам|рассыл|розсил|спам|сбор|збір/i,
    ban: /запрещ|не допуска|нельзя|заборон|забран|не разреш|не дозвол|не може/i,
    readers: /ваш|подпис|підпис|отпис/i,
  },
  {
    data: /adres|iletişim bilgi|adrese/i,
    use: /reklam|istenmeyen|pazarlama|spam|publicit|nesolicitat|neželjen|oglašav/i,
    ban: /yasak|kullanılamaz|izin verilm|interzis|nu pot fi|zabranjen|nije dozvoljen|ni dovoljen|prepoveda/i,
    readers: /adresiniz|bülten|dumneavoastr|vašu|vaša|vašo/i,
  },
  {
    data: /メールアドレス|アドレス|连絡先|邮箱|电子邮件地址|郵件地址|이메일 ?주소/,
    use: /広告|営利|迷惑メール|スパム|収集|广告|垃圾邮件|收集|廣告|수집|광고/,
    ban: /禁止|禁じ|お断り|不得|严禁|嚴禁|거부|금지/,
    readers: /お客様の|お客さまの|您的|귀하/,
  },
];

/** One of these is in every notice: a page without them costs one look at its text. */
const ANCHOR =
  /werb|spam|harvest|unsolicited|solicit|marketing|advertis|mailing list|publicit|prospection|démarchage|pourriel|publicidad|pubblicit|promozional|comercia|commerci|reclame|ongevraagd|reklam|reklám|handlow|niezamówion|nevyž|marknadsföring|markedsføring|uopfordre|uønske|oönskad|maino[sn]|markkinoin|roskaposti|kéretlen|реклам|рассыл|розсил|спам|istenmeyen|pazarlama|neželjen|oglašav|広告|営利|迷惑メール|广告|垃圾邮件|收集|廣告|수집|광고|scrap(?:e|ing)|collect[ée]|recopil|ausgelesen/gi;

/**
 * Recognises the statement that a page's addresses may not be harvested, or used for advertising: three kinds of word
 * in one sentence, in whatever phrase. What is promised to readers about their own addresses is no such statement.
 */
export class HarvestNotice {
  isForbidden = false;
  /** Not looked through yet, behind the end of what was. */
  private pending: string[] = [];
  private pendingChars = 0;
  private carried = '';
  private sentences = 0;

  /** The page's text, in order; `finish` after the last of it. */
  addText(run: string): void {
    if (this.isForbidden || this.sentences >= MAX_SENTENCES) return;
    this.pending.push(run);
    this.pendingChars += run.length;
    if (this.pendingChars >= MIN_CHARS) this.finish();
  }

  finish(): void {
    const run = this.pending.join('');
    this.pending = [];
    this.pendingChars = 0;
    const text = this.carried + run;
    this.carried = run.slice(-REACH);
    ANCHOR.lastIndex = 0;
    for (let match = ANCHOR.exec(text); match !== null; match = ANCHOR.exec(text)) {
      const { sentence, end } = sentenceAround(text, match.index);
      this.sentences += 1;
      if (isNotice(sentence)) this.isForbidden = true;
      if (this.isForbidden || this.sentences >= MAX_SENTENCES) return;
      ANCHOR.lastIndex = Math.max(end, ANCHOR.lastIndex);
    }
  }
}

/** A stem of what every wording calls contact data: one look instead of sixty at the many sentences on marketing. */
const CONTACT_DATA =
  /adres|address|contac?t|kontakt|impressum|zusendung|spam-?mail|send us|sent (?:us|this|these)|wish to receive|on this (?:site|page|website)|e-?mails? to|coordonn|courriel|direcci|correos|indirizz|recapiti|endere|e-?mails |osoit|yhteystie|cím|elérhet|адрес|контакт|iletişim|アドレス|絡先|邮箱|邮件|郵件|이메일/i;

function isNotice(sentence: string): boolean {
  if (!CONTACT_DATA.test(sentence)) return false;
  return WORDINGS.some(
    ({ data, use, ban, readers }) =>
      ban.test(sentence) && use.test(sentence) && data.test(sentence) && !readers.test(sentence),
  );
}

function sentenceAround(text: string, index: number): { sentence: string; end: number } {
  const from = Math.max(0, index - REACH);
  const before = text.slice(from, index);
  const start = from + Math.max(lastEnd(before), 0);
  const after = /[.!?](?=\s|$)|[。！？]|\n\s{0,40}\n/.exec(text.slice(index, index + REACH));
  const end = after === null ? Math.min(text.length, index + REACH) : index + after.index + 1;
  return { sentence: text.slice(start, end), end };
}

/** Just behind the last sentence that ends in `text`. */
function lastEnd(text: string): number {
  for (let index = text.length - 1; index > 0; index -= 1) {
    if ('。！？'.includes(text.charAt(index))) return index + 1;
    if ('.!?'.includes(text.charAt(index)) && /\s/.test(text[index + 1] ?? 'x')) return index + 1;
  }
  return 0;
}
