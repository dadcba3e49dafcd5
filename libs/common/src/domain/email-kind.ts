import type { Address } from './address.js';
import { ROLE_WORDS } from './role-words.js';

/** Whose mailbox an address is: a function's, a person's at their organisation, or anybody's at a free provider. */
export type EmailKind = 'role' | 'personal' | 'freemail';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const ROLE_LOCALS = words(ROLE_WORDS);

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
  in.gr mynet.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com duck.com mozmail.com mailfence.com
  runbox.com disroot.org riseup.net hey.com keemail.me zoho.eu zohomail.eu zohomail.in simplelogin.com inbox.lv inbox.lt
  mail.ee hot.ee mail.ua bigmir.net tut.by mail.by kakao.com excite.co.jp goo.jp au.com biglobe.ne.jp ybb.ne.jp 21cn.com
  tom.com vip.qq.com vip.163.com 188.com lycos.com windstream.net centurylink.net q.com embarqmail.com roadrunner.com
  twc.com chello.nl upcmail.nl casema.nl quicknet.nl zonnet.nl tele2.nl telfort.nl versatel.nl wxs.nl vodafonemail.de
  kabelmail.de unitybox.de ewe.net ewetel.net t-online.hu mailbox.hu
`);
const FREEMAIL_FAMILIES =
  /^(?:hotmail|outlook|live|yahoo|ymail|rocketmail|windowslive|gmx|aol|yandex|posteo)\.[a-z]{2,3}(?:\.[a-z]{2})?$/;

/** The provider decides first: `info@gmail.com` is a free mailbox, whatever it calls itself. */
export function classifyEmail(address: Address): EmailKind {
  if (FREEMAIL_DOMAINS.has(address.domain) || FREEMAIL_FAMILIES.test(address.domain)) return 'freemail';
  const local = address.normalised.slice(0, address.normalised.lastIndexOf('@')).replace(/\+.*$/, '');
  return isRoleLocal(local) ? 'role' : 'personal';
}

/**
 * `info`, `info2`, `sales-uk`, `press.office`: a role by its whole or by its first or last word. Two letters, and what
 * follows an initial, are rather a name: `it.novak`, `s.post`.
 */
function isRoleLocal(local: string): boolean {
  if (isRoleWord(local)) return true;
  const parts = local.split(/[._-]/);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  return (first.length > 2 && isRoleWord(first)) || (first.length > 1 && last.length > 2 && isRoleWord(last));
}

function isRoleWord(word: string): boolean {
  return ROLE_LOCALS.has(word) || ROLE_LOCALS.has(word.replace(/\d{1,4}$/, ''));
}
