import type { Address } from './address.js';

/** Whose mailbox an address is: a function's, a person's at their organisation, or anybody's at a free provider. */
export type EmailKind = 'role' | 'personal' | 'freemail';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Functions, not people, in the languages of the web's contact pages. */
const ROLE_LOCALS = words(`
  abuse accounting accounts adm admin administracion administracao administration administrator admission admissions
  advertising agency alumni anfrage anfragen apoio atendimento atencion ausbildung bestellung bestellungen bewerbung
  bewerbungen billing biuro boekhouding booking bookings boutique buchhaltung buchung bureau business career careers
  cartorio casting catering cc clientes clients club comercial commande commercial commerciale communication
  compliance compras comunicacion concierge consulting contabilidad contact contact-us contacto contactus contato
  contatti contatto contributions cooperation copyright corporate courrier crew customer customercare customers
  customerservice cs data dataprotection datenschutz desk dev developer development devops dienst direccion direction
  direktion director dispatch distribution dmca donate donations dpo dpd ecommerce editor editorial editors einkauf
  elegir empfang empleo enquire enquiries enquiry epost equipe eventi events export facility faq faktura fakturace
  familie feedback finance finances financial firma forum foto frontdesk galerie gallery gdpr general geral gerencia
  geschaeftsfuehrung geschaeftsleitung geschaeftsstelle grants group hallo halo hej hei hello help helpdesk hey hi
  hilfe hola hostmaster hotel hr human.resources iletisim impressum info info1 info2 informacion informacja
  informacje informatie information informatique informazioni inbox inquiries inquiry inscription inscripciones
  invoice invoices it itsupport jobs join kancelaria kancelar kanzlei karriere katalog klant klantenservice kontakt
  kontakti kontor kundenservice kundeservice kundservice kundtjanst lab law legal leitung library license licensing
  listings logistica logistics logistik mail mailbox mailing mairie management manager marketing media membership
  members museum new news newsletter noc no-reply noreply obchod obsluga office office1 oficina online onlineshop
  operations order orders ordini ordre orga order-desk parents partner partners partnership partnerships
  payroll personal personalabteilung personnel phishing photo pol portal post posta poststelle postmaster postmottak
  praktikum praxis prensa presidencia press presse privacy privacidad privacyofficer privatsphaere procurement product
  production produktion projects projekt promo proposals pr prodej prodaja public publicidad publicity purchase
  purchasing qa quality quote quotes reception recepcia recepce recepcion recepcja receptie recruiting recruitment
  redacao redaccion redakce redakcja redaktion redazione registrar registration reklam reklama reklamation rekrutacja
  rental rentals research reservas reservation reservations reservierung reserveringen restaurant returns revista rh
  rrhh root rooms sac sales sal samples satis schule sekretariat secretaria secretariat secretary security
  segreteria seguridad sekretariaat seo service serviceclient services servis servicio servizio shipping shop
  shopping sklep soporte spam sponsor sponsors sponsorship staff stage store student students studio subscribe
  subscriptions suggestions suporte support sysadmin szerviz team tech technical technik technique tecnico termin
  testimonials tickets ticket tips toimisto tourism training travel treasurer trade ufficio ugyfelszolgalat uredba
  urednistvo vedeni veranstaltung verkauf verkoop vente ventas vendas verein versand vertrieb verwaltung vinyl
  visit volunteer vorstand web webadmin webmaster website welcome werbung werkstatt wholesale willkommen workshop
  zakelijk zamowienia zentrale office-manager welkom commerce accueil
`);

/** Large providers where anyone has a mailbox; families with many country domains are matched by their first label. */
const FREEMAIL_DOMAINS = words(`
  gmail.com googlemail.com icloud.com me.com mac.com msn.com passport.com aol.com aol.de aim.com mail.com email.com
  usa.com gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.fr gmx.info gmx.eu web.de freenet.de t-online.de arcor.de online.de
  vodafone.de posteo.de posteo.net mailbox.org proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de
  tuta.io tuta.com tutamail.com fastmail.com fastmail.fm hushmail.com zoho.com zohomail.com yandex.ru yandex.com ya.ru
  mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ukr.net i.ua meta.ua qq.com foxmail.com 163.com 126.com yeah.net
  sina.com sina.cn sohu.com aliyun.com 139.com 189.cn naver.com daum.net hanmail.net nate.com rediffmail.com libero.it
  virgilio.it alice.it tin.it tiscali.it tim.it email.it iol.it inwind.it orange.fr wanadoo.fr free.fr sfr.fr laposte.net
  neuf.fr bbox.fr club-internet.fr numericable.fr skynet.be telenet.be proximus.be ziggo.nl kpnmail.nl planet.nl
  home.nl hetnet.nl xs4all.nl bluewin.ch hispeed.ch sunrise.ch a1.net aon.at chello.at wp.pl o2.pl onet.pl onet.eu
  interia.pl op.pl poczta.onet.pl gazeta.pl tlen.pl vp.pl poczta.fm seznam.cz email.cz post.cz centrum.cz centrum.sk
  azet.sk zoznam.sk atlas.cz volny.cz freemail.hu citromail.hu indamail.hu abv.bg mail.bg dir.bg uol.com.br bol.com.br
  terra.com.br ig.com.br globo.com oi.com.br r7.com sapo.pt comcast.net verizon.net att.net sbcglobal.net bellsouth.net
  cox.net charter.net earthlink.net juno.com netzero.net optonline.net frontier.com rogers.com shaw.ca sympatico.ca
  telus.net bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz btinternet.com virginmedia.com
  sky.com talktalk.net ntlworld.com blueyonder.co.uk eircom.net online.no telia.com bredband.net comhem.se spray.se
  mail.dk jubii.dk ofir.dk kolumbus.fi elisanet.fi luukku.com suomi24.fi walla.com walla.co.il 012.net.il otenet.gr
  in.gr mynet.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com
`);
const FREEMAIL_FAMILIES = /^(?:hotmail|outlook|live|yahoo|ymail|rocketmail|windowslive)\.[a-z]{2,3}(?:\.[a-z]{2})?$/;

/** The provider decides first: `info@gmail.com` is a free mailbox, whatever it calls itself. */
export function classifyEmail(address: Address): EmailKind {
  if (FREEMAIL_DOMAINS.has(address.domain) || FREEMAIL_FAMILIES.test(address.domain)) return 'freemail';
  const local = address.normalised.slice(0, address.normalised.lastIndexOf('@')).replace(/\+.*$/, '');
  return isRoleLocal(local) ? 'role' : 'personal';
}

/** `info`, `info2`, `sales-uk`, `press.office`: a role by its whole or by its first or last word. */
function isRoleLocal(local: string): boolean {
  const parts = local.split(/[._-]/);
  return [local, parts[0] ?? '', parts.at(-1) ?? ''].some((part) => ROLE_LOCALS.has(part.replace(/\d+$/, '')));
}
