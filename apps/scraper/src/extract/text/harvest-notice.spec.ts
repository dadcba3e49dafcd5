import { describe, expect, it } from 'vitest';
import { HarvestNotice } from './harvest-notice.js';

function isForbidden(...runs: string[]): boolean {
  const notice = new HarvestNotice();
  for (const run of runs) notice.addText(run);
  notice.finish();
  return notice.isForbidden;
}

describe('HarvestNotice', () => {
  it.each([
    'Der Nutzung von im Rahmen der Impressumspflicht veröffentlichten Kontaktdaten durch Dritte zur Übersendung von nicht ausdrücklich angeforderter Werbung und Informationsmaterialien wird hiermit ausdrücklich widersprochen.',
    'Die Betreiber der Seiten behalten sich ausdrücklich rechtliche Schritte im Falle der unverlangten Zusendung von Werbeinformationen, etwa durch Spam-Mails, vor.',
    'Die Verwendung der E-Mail-Adressen dieser Seite für Werbung ist untersagt.',
    'Wir widersprechen hiermit jeder kommerziellen Verwendung unserer Adressdaten, insbesondere für Werbung; ihre Weitergabe ist nicht gestattet.'.replace(
      'ihre',
      'deren',
    ),
    'E-mail addresses on this site may not be harvested.',
    'The contact details published here must not be used for marketing purposes.',
    'Please do not send us unsolicited e-mail.',
    'We object to the use of the addresses given here for advertising.',
    'Harvesting of addresses from this page is prohibited.',
    'Les adresses publiées sur ce site ne peuvent être utilisées à des fins de prospection commerciale.',
    'L’utilisation des coordonnées à des fins publicitaires est interdite.',
    'Queda prohibido el uso de las direcciones de correo de esta web para el envío de publicidad.',
    'Los datos de contacto no podrán utilizarse con fines comerciales.',
    'È vietato l’uso degli indirizzi e-mail pubblicati per l’invio di pubblicità non richiesta.',
    'Gli indirizzi non possono essere raccolti o usati a scopo promozionale.',
    'Het is verboden de e-mailadressen op deze site te gebruiken voor ongevraagde reclame.',
    'De contactgegevens mogen niet worden gebruikt voor commerciële doeleinden.',
    'É proibida a utilização dos endereços de e-mail para publicidade não solicitada.',
    'Zabrania się wykorzystywania adresów e-mail z tej strony do celów marketingowych.',
    'Použití zveřejněných kontaktních údajů k zasílání nevyžádané reklamy je zakázáno.',
    'Adresy z tejto stránky sa nesmú použiť na reklamu.',
    'E-postadresserna på den här sidan får inte användas för reklam.',
    'Adresserne på denne side må ikke bruges til reklame.',
    'Sähköpostiosoitteita ei saa käyttää mainontaan tai markkinointiin.',
    'Az oldalon található e-mail címek kéretlen reklám küldésére való felhasználása tilos.',
    'Использование адресов с этого сайта для рекламных рассылок запрещено.',
    'Bu sitedeki e-posta adresleri reklam amacıyla kullanılamaz.',
    '当サイトのメールアドレスを広告目的で収集することを禁止します。',
    '禁止收集本站的邮箱用于广告。',
  ])('recognises: %s', (sentence) => {
    expect(isForbidden(`Imprint and more. ${sentence} And so on.`)).toBe(true);
  });

  it.each([
    'Sie können der Verwendung Ihrer E-Mail-Adresse für Werbung jederzeit widersprechen.',
    'Wir sind eine Werbeagentur mit Adresse in Köln.',
    'Werbung ist verboten. Unsere Adresse finden Sie im Impressum.',
    'We will not use your email address for marketing.',
    'No spam, unsubscribe at any time.',
    'Get updates by e-mail, no spam!',
    'You may not use the service to send unsolicited email or spam.',
    'Our marketing team can be reached at the addresses below.',
    'The harvest festival: tickets may not be resold.',
    'Parking is not permitted; commercial vehicles at the rear address.',
    'Nous ne vendons pas vos adresses à des fins commerciales.',
    'Notre agence de publicité : adresse et coordonnées.',
    'No usaremos sus datos para publicidad.',
    'Agencia de publicidad, dirección y contacto.',
    'Non useremo il tuo indirizzo per pubblicità.',
    'Wij gebruiken uw adres niet voor reclame.',
    'Vaši adresu nesmíme použít k reklamě.',
    'Din adress får inte användas för reklam.',
    'Markedsføring: kontakt os på denne adresse.',
    'Мы не используем ваш адрес для рекламы: это запрещено.',
    'お客様のメールアドレスを広告に使うことは禁止されています。',
  ])('is not misled by: %s', (sentence) => {
    expect(isForbidden(`Imprint and more. ${sentence} And so on.`)).toBe(false);
  });

  it('reads a notice over the edge of two runs', () => {
    const notice = 'E-mail addresses on this site may not be harvested by anyone.';
    for (let cut = 0; cut <= notice.length; cut += 7)
      expect(isForbidden(`${'word '.repeat(3000)}${notice.slice(0, cut)}`, notice.slice(cut))).toBe(true);
  });

  it('does not take words of different sentences together', () => {
    expect(isForbidden('We do advertising. Smoking is prohibited. Our addresses are below.')).toBe(false);
  });
});
