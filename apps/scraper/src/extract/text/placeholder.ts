import type { Address } from '#common/domain/address.js';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Domains kept for documentation, and what people write for "some domain" in many languages (the label before the suffix). */
const EXAMPLE_LABELS = words(`
  example exemple ejemplo esempio exemplo beispiel voorbeeld przyklad priklad primer eksempel exempel esimerkki ornek
  domain domaine dominio domena domaene yourdomain your-domain mydomain my-domain deinedomain deine-domain ihredomain
  ihre-domain meinedomain votredomaine votre-domaine tudominio seudominio tuodominio jouwdomein uwdomein yoursite
  your-site mysite yourwebsite yourcompany your-company mycompany yourorg yourbusiness companyname musterfirma
  mustermann musterdomain mustermail sampledomain somedomain anydomain domainname domain-name test sample пример почта
  домен
`);
const EXAMPLE_TLDS = words('example test invalid tld');
/** Local parts that only ever address the reader or nobody. */
const EXAMPLE_LOCALS = words(`
  you your yours yourname your.name your-name your_name youremail your.email your-email your_email yourmail your-mail
  youraddress yourid firstname.lastname firstname_lastname firstnamelastname first.last name.surname name.lastname
  vorname.nachname vorname.name max.mustermann maxmustermann erika.mustermann ihre ihr ihre-email ihremail ihrname
  ihr.name deine deinname dein.name deinemail deine-email votre vous votrenom votre.nom votreemail votre-email
  prenom.nom nom.prenom nombre.apellido tunombre tu-nombre tucorreo tu-correo tuemail tu-email nome.cognome tuonome
  tuamail nome.sobrenome seunome seuemail seu-email voornaam.achternaam jouwnaam uwnaam uw.naam imie.nazwisko
  twojemail fornavn.etternavn fornamn.efternamn ditnavn dittnamn jmeno.prijmeni someone somebody ваш ваша имя
  exampleuser your.address
`);
/** Weak words: an example only at a domain that is itself no one's in particular. */
const WEAK_LOCALS = words(`
  name email e-mail mail mailaddress user username example test abc abcd xyz xxx sample nombre correo nome naam nom
  jmeno imie navn namn
`);
const WEAK_LABELS = words(
  'email e-mail mail mymail mailbox gmail googlemail hotmail outlook yahoo company firma site website server provider',
);

/** Whether an address is an example to be overwritten, such as `you@example.com` or `vorname.nachname@firma.de`. */
export function isPlaceholder(address: Address): boolean {
  const local = address.normalised.slice(0, address.normalised.lastIndexOf('@'));
  const labels = address.address.slice(address.address.lastIndexOf('@') + 1).split('.');
  const name = labels.length > 2 && (labels.at(-2) ?? '').length <= 3 ? labels.at(-3) : labels.at(-2);
  if (name === undefined) return false;
  if (EXAMPLE_LABELS.has(name) || EXAMPLE_LABELS.has(labels.at(-2) ?? '') || EXAMPLE_TLDS.has(labels.at(-1) ?? ''))
    return true;
  return EXAMPLE_LOCALS.has(local) || (WEAK_LOCALS.has(local) && WEAK_LABELS.has(name));
}
