/** Words of pages that state how to reach somebody, in the languages of the web; a prefix is enough. */
const CONTACT =
  /(?:^|[^\p{L}])(?:contact|kontakt|contacto|contato|contatt|contat|kontaktai|kontakti|kapcsolat|yhteys|iletisim|iletişim|lien-he|liên|hubungi|επικοιν|epikoinonia|контакт|kontaktid|zvj|svyaz|связ|お問い合わせ|問い合わせ|toiawase|inquiry|enquir|联系|聯絡|lianxi|문의|연락|ติดต่อ|اتصل|تواصل|צור|संपर्क|reach-us|get-in-touch|write-us|ansprechpartner|anfahrt|mail|kontaktné)/iu;
const LEGAL =
  /(?:^|[^\p{L}])(?:impressum|imprint|legal|mentions|aviso|note-legali|impresum|privacy|privacidad|privacidade|confidential|datenschutz|personvern|integritet|tietosuoja|adatvedelem|adatvédelem|prywatno|soukromi|gdpr|colofon|colophon|terms|agb|cgv|disclaimer|特定商取引|隐私|個人情報|конфиденц|реквизит)/iu;
const ABOUT =
  /(?:^|[^\p{L}])(?:about|über|ueber|uber-uns|qui-sommes|a-propos|à-propos|propos|quienes|quiénes|nosotros|sobre|chi-siamo|o-nas|o-nás|over-ons|om-oss|om-os|meista|tietoa|rolunk|rólunk|hakk|team|equipe|équipe|equipo|staff|people|mitarbeiter|medewerkers|zespol|zespół|tym|management|vorstand|leadership|company|unternehmen|firma|impresa|azienda|empresa|о-нас|о-компании|о нас|компани|会社概要|关于|關於|회사소개|press|presse|media|support|help|hilfe|office|standort|location|faq|jobs|career)/iu;

/** How likely a link leads to an address: 3 contact, 2 legal notice, 1 about or team, 0 anything else. */
export function scoreLink(url: URL, text: string): number {
  const path = readablePath(url);
  const words = `${path} ${text}`;
  if (CONTACT.test(words)) return 3;
  if (LEGAL.test(words)) return 2;
  return ABOUT.test(words) ? 1 : 0;
}

function readablePath(url: URL): string {
  const path = `${url.pathname}${url.search}`.slice(0, 300);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
