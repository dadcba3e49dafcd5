import type { Address } from '#common/domain/address.js';

const words = (text: string): string[] => text.trim().split(/\s+/);
const joined = (first: readonly string[], second: readonly string[]): string[] =>
  first.flatMap((a) => second.flatMap((b) => [`${a}${b}`, `${a}-${b}`, `${a}_${b}`, `${a}.${b}`]));

const YOUR = words(`
  your the-your ihr ihre ihren dein deine deinen eure votre vos ton tu su vuestro seu sua teu tua tuo vostro vostra suo
  jouw uw je din ditt dit dina jeres deres twoj twoja twój wasz vas vase vaše váš tvuj tvoj tvoja sizin senin az-on
  vaša vasa ваш ваша твой твоя sinun oma το σας dumneavoastra teie jusu jūsu
`);
const SITES = words(`
  domain domaine domäne domaene dominio dominios domínio domein domeinnaam domainname domena doména domén domeniu domän
  doman domæne domene site website websites webseite webpage seite homepage company firma unternehmen entreprise
  société societe empresa azienda bedrijf business organization organisation org name provider host server school
  shop store brand agency club sitio sitioweb sito pagina página web hjemmeside virksomhed företag foretag yritys mail
  email e-mail siteniz firmaniz cég ceg strona sklep stranka сайт домен компания почта фирма
`);
const MAILS = words(`
  mail email e-mail emailadresse email-adresse mailadresse emailaddress mailaddress address adresse name nombre nom nome
  naam correo correio courriel post epost e-post eposta email-adres emailadres emailid id adres username user vorname
  имя почта sähköposti e-posta email-cim meno jmeno jméno imie imię navn namn nimi ad isim
`);
/** Domains kept for documentation, and what people write for "some domain" (the label before the suffix). */
const EXAMPLE_LABELS: ReadonlySet<string> = new Set([
  ...words(`
    example examples exemple ejemplo exemplo esempio beispiel beispieldomain beispielfirma beispielseite voorbeeld
    voorbeelddomein przyklad przykład přiklad příklad priklad primer primjer príklad pelda példa exemplu eksempel exempel
    esimerkki ornek örnek παράδειγμα paradeigma παραδειγμα пример приклад näide naide piemers piemērs pavyzdys dæmi daemi
    contoh adibidez beispiel-domain example-domain exampledomain examplecompany examplesite דוגמה דוגמא مثال 例 例え 例子
    sample-domain domain domaine dominio domínio domena doména domaene domäne domeniu domein domeinnaam domæne domän domene
    домен domainname domain-name nomedominio nombrededominio nomdedomaine nome-dominio mydomain my-domain meinedomain
    meine-domain mondomaine midominio meudominio mysite my-site mywebsite mycompany my-company meinefirma meinewebsite
    sampledomain somedomain anydomain otherdomain thedomain domain1 domain2 yoursite sitename companyname company-name
    firmenname musterfirma musterdomain mustermann musterfrau mustermail muster-firma muster-domain musterseite muster
    musterbetrieb musterhotel muster-gmbh mustergmbh modele nomdusite nomdevotresite entreprise-exemple empresaejemplo
    demolink templatemonster yourcompanyname yourdomainname yourwebsitename placeholder lorem loremipsum lorem-ipsum
    ipsum dummy dummydomain fakedomain fake-domain fakeemail nowhere somewhere anywhere esempio-azienda
    почта пошта mysampledomain testdomain test-domain testsite yourmailserver domainhere yourdomainhere
  `),
  ...joined(YOUR, SITES),
]);
const EXAMPLE_TLDS: ReadonlySet<string> = new Set(words('example test invalid tld localhost'));

const FIRST = words(`
  first firstname first-name given givenname vorname prenom prénom nombre nome voornaam imie imię jmeno jméno meno fornavn
  förnamn fornamn etunimi keresztnev ime prenume ad isim имя имʼя όνομα onoma eesnimi vards vardas name nom naam utonev
`);
const LAST = words(`
  last lastname last-name surname familyname family nachname name nom nomdefamille apellido apellidos cognome sobrenome
  apelido achternaam nazwisko prijmeni příjmení priezvisko etternavn efternavn efternamn sukunimi vezeteknev prezime
  priimek nume soyad soyisim фамилия прізвище επώνυμο eponymo perekonnanimi uzvards pavarde initial
`);
/** Local parts that only ever address the reader or nobody. */
const EXAMPLE_LOCALS: ReadonlySet<string> = new Set([
  ...words(`
    you your yours ihre ihr deine dein votre vous tu-nombre jouw uw ваш ваша имя someone somebody anyone example exemple
    ejemplo esempio exemplo beispiel voorbeeld przyklad priklad eksempel exempel esimerkki ornek пример exampleuser
    example.user example-user exampleemail example.email yourid tunombre tucorreo tuemail tuonome tuamail seunome seuemail
    twojemail ditnavn dittnamn max.mustermann maxmustermann m.mustermann max-mustermann max_mustermann mustermann
    erika.mustermann erikamustermann erika.musterfrau musterfrau matti.meikalainen matti.meikäläinen ola.nordmann
    kari.nordmann teszt.elek gipsz.jakab minta.janos medelsvensson prenomnom nomprenom lorem lorem.ipsum loremipsum
    placeholder dummy yourfriend friend.name username.here your-email-here youremailhere email-here emailhere noname
    enteryouremail enter-your-email enteremail fakeemail fake.email exampel vorname.n v.nachname f.lastname flast
    firstinitiallastname first.l
  `),
  ...joined(YOUR, MAILS),
  ...joined(FIRST, LAST),
  ...joined(LAST, FIRST),
]);
/** Weak words: an example only at a domain that is itself no one's in particular. */
const WEAK_LOCALS: ReadonlySet<string> = new Set([
  ...YOUR,
  ...words(`
  name email e-mail mail mailaddress emailaddress user username example test tester testing abc abcd abcde aaa bbb xyz
  xxx xx x a b c foo bar foobar baz qux asd asdf qwerty 123 1234 12345 sample demo me my you nombre correo nome naam nom
  jmeno imie navn namn nimi meno prenom vorname nachname address adresse john jane doe johndoe janedoe john.doe jane.doe
  j.doe john.smith johnsmith joe joe.bloggs joebloggs jane.smith bob alice max erika hans jean.dupont jeandupont
  marie.dupont mario.rossi mariorossi juan.perez juanperez jan.kowalski jankowalski jan.novak jannovak jan.jansen
  fulano joao.silva ivan.ivanov ivan ivanov ola.normann kovacs.janos mati ahmet info.name somebody customer client
  kunde admin.name first last contact.name myname my.name myemail my.email mymail
`),
]);
const WEAK_LABELS: ReadonlySet<string> = new Set(
  words(`
  email e-mail mail mymail mailbox mailserver gmail googlemail hotmail outlook yahoo gmx web company firma site website
  server provider host hostname test tests sample abc abcd xyz xxx xx foo bar foobar baz asdf qwerty aaa bbb ccc a b c x y
  z address adresse somesite somewhere business organization org corp acme unternehmen entreprise empresa azienda
  bedrijf yritys foretag doe johndoe janedoe john-doe jane-doe demo me app domainname internet correo correio epost eposta e-posta e-post poczta courriel epostasi
`),
);
/** Where not even a mailbox that everybody has is anyone's. */
const GENERIC_LABELS: ReadonlySet<string> = new Set(
  words(
    'company website yourcompany mycompany business firma unternehmen entreprise empresa azienda bedrijf site sitename',
  ),
);
const GENERIC_LOCALS: ReadonlySet<string> = new Set(
  words('info contact support hello office mail email admin sales kontakt contacto contatto hallo'),
);
/** The firms that keep these names are real. */
const GENERIC_SUFFIXES: ReadonlySet<string> = new Set(words('com de fr es it nl co net org fi se'));

/** Whether an address is an example to be overwritten, such as `you@example.com` or `vorname.nachname@firma.de`. */
export function isPlaceholder(address: Address): boolean {
  const local = address.normalised.slice(0, address.normalised.lastIndexOf('@'));
  const labels = address.address.slice(address.address.lastIndexOf('@') + 1).split('.');
  const suffix = labels.at(-1) ?? '';
  const name = labels.length > 2 && (labels.at(-2) ?? '').length <= 3 ? labels.at(-3) : labels.at(-2);
  if (name === undefined) return false;
  if (EXAMPLE_LABELS.has(name) || EXAMPLE_LABELS.has(labels.at(-2) ?? '') || EXAMPLE_TLDS.has(suffix)) return true;
  if (EXAMPLE_LOCALS.has(local) || /^x{3,}(?:[._-]x+)*$/.test(local)) return true;
  if (GENERIC_LOCALS.has(local) && GENERIC_LABELS.has(name) && labels.length === 2 && GENERIC_SUFFIXES.has(suffix))
    return true;
  return WEAK_LABELS.has(name) && (WEAK_LOCALS.has(local) || local === name);
}
