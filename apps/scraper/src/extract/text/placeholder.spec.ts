import { describe, expect, it } from 'vitest';
import { parseAddress } from '#common/domain/address.js';
import { isPlaceholder } from './placeholder.js';

function check(text: string): boolean | null {
  const address = parseAddress(text);
  return address === null ? null : isPlaceholder(address);
}

const list = (text: string): string[] => text.trim().split(/\s+/);

describe('isPlaceholder', () => {
  it.each(
    list(`
      you@example.com your@email.com name@domain.com email@yourdomain.com invalid@example.com mail@example.tld
      user@host.com test@test.com abc@xyz.com email@address.com someone@somewhere.com name@email.com foo@bar.com a@b.com
      info@yourcompany.com info@yoursite.com support@domain.com example@mysite.com info@mysite.com mail@demolink.org
      xxx@xxx.de john.doe@gmail.com email@company.com info@company.com firstname.lastname@acme-mill.com
      your-email@acme-mill.com youremail@acme-mill.com x@a.example x@mail.example.co.uk lorem@ipsum.com
      ihre@e-mail.de name@firma.de max@mustermann.de info@musterfirma.de vorname.nachname@acme-mill.de
      max.mustermann@acme-mill.de deine.mail@web.de mail@deine-website.de info@ihre-domain.de name@beispiel.de
      vous@exemple.fr prenom.nom@societe.fr contact@votresite.fr votre@email.fr votre-email@acme-mill.fr
      nombre@ejemplo.com tu@correo.com info@tudominio.es nombre.apellido@acme-mill.es tucorreo@acme-mill.es
      tuo@email.it nome@dominio.it nome.cognome@acme-mill.it info@esempio.it mario.rossi@azienda.it
      seuemail@provedor.com.br nome.sobrenome@acme-mill.com.br contato@seudominio.com.br nome@exemplo.pt
      jouw@email.nl naam@voorbeeld.nl voornaam.achternaam@acme-mill.nl uwnaam@bedrijf.nl info@uwdomein.nl
      din@epost.se fornamn.efternamn@foretag.se namn@exempel.se navn@eksempel.dk fornavn.efternavn@acme-mill.dk
      john@doe.com jane@doe.com john@johndoe.com max@doe.org
      navn@domene.no ola.nordmann@acme-mill.no etunimi.sukunimi@yritys.fi nimi@esimerkki.fi matti.meikalainen@acme-mill.fi
      imie.nazwisko@firma.pl twojemail@acme-mill.pl nazwa@przyklad.pl jan.kowalski@przykład.pl
      vas@email.cz jmeno.prijmeni@acme-mill.cz jmeno@priklad.cz meno.priezvisko@acme-mill.sk info@priklad.sk
      ime.prezime@firma.hr ime@primjer.hr ime.priimek@acme-mill.si ваш@почта.рф имя@пример.рф имя@домен.рф
      teszt.elek@acme-mill.hu nev@pelda.hu vezeteknev.keresztnev@acme-mill.hu nume.prenume@acme-mill.ro nume@exemplu.ro
      ad.soyad@acme-mill.com.tr isim@ornek.com όνομα@παράδειγμα.gr nimi@naide.ee vards.uzvards@acme-mill.lv
      vardas.pavarde@acme-mill.lt nafn@daemi.is nama@contoh.id nom@exemple.cat izena@adibidez.eus
    `),
  )('flags %s', (address) => {
    expect(check(address)).toBe(true);
  });

  it.each(
    list(`
      info@example-gmbh.de test@realcompany.de max@mustermann-bau.de nospam@company.com info@test.de john@acme-mill.de
      info@gmail-partner.de jane.doe@kestrelworks.io name@kestrelworks.io mail@kestrelworks.io a@kestrelworks.io
      info@web.de peter@gmx.de anna@gmail.com info@firma.rs me@kestrelworks.io info@domain-offensive.de
      contact@beispielhaft.de info@yourtravel.com hello@demo-day.org office@hosting.at x@y-combinator.com
      juan.perez@kestrelworks.es erika@kestrelworks.de marie.dupont@kestrelworks.fr test.lab@kestrelworks.io
      info@doe.com anna.berger@doe.de john@doering.de
      info@mijndomein.nl sales@bestwebsite.com info@email-marketing.de post@sampler.no info@firstname.io
    `),
  )('leaves %s', (address) => {
    expect(check(address)).toBe(false);
  });
});
