import { describe, expect, it } from 'vitest';
import { decodeCall, decodeMailtoToken, decodeTypo3 } from './known-encoders.js';

const RANGES = [
  [0x2b, 0x3a],
  [0x40, 0x5a],
  [0x61, 0x7a],
] as const;

/** As TYPO3's `encryptEmail` does it. */
function encrypt(text: string, offset: number): string {
  return Array.from(text, (one) => {
    const code = one.charCodeAt(0);
    const range = RANGES.find(([start, end]) => code >= start && code <= end);
    if (range === undefined) return one;
    const size = range[1] - range[0] + 1;
    return String.fromCharCode(range[0] + ((code - range[0] + offset + size) % size));
  }).join('');
}

describe('decodeTypo3', () => {
  const link = 'mailto:anna.berg@studio-nord.org';

  it.each([-10, -7, -3, -2, -1, 1, 2, 3, 5, 10])('finds the offset %i by itself', (offset) => {
    expect(decodeTypo3(encrypt(link, offset))).toBe(link);
  });

  it('decodes a link with a subject', () => {
    expect(decodeTypo3(encrypt(`${link}?subject=Hello`, 2))).toBe(`${link}?subject=Hello`);
  });

  it('leaves other texts alone', () => {
    expect(decodeTypo3('a text that is no link of a letter')).toBeNull();
    expect(decodeTypo3('short')).toBeNull();
    expect(decodeTypo3('x'.repeat(10_000))).toBeNull();
  });

  it('reads the attributes of later versions', () => {
    const attributes = new Map([
      ['data-mailto-token', encrypt(link, 1)],
      ['data-mailto-vector', '1'],
    ]);
    expect(decodeMailtoToken(attributes)).toBe(link);
    attributes.delete('data-mailto-vector');
    expect(decodeMailtoToken(attributes)).toBe(link);
    expect(decodeMailtoToken(new Map())).toBeNull();
  });
});

describe('decodeCall', () => {
  it.each([
    ["linkTo_UnCryptMailto('ocknvq,cppc0dgtiBuvwfkq/pqtf0qti');", 'mailto:anna.berg@studio-nord.org'],
    [
      'linkTo_UnCryptMailto(%s,-3)'.replace('%s', `'${encrypt('mailto:anna.berg@studio-nord.org', 3)}'`),
      'mailto:anna.berg@studio-nord.org',
    ],
    [
      `linkTo_UnCryptMailto("${encrypt('mailto:anna.berg@studio-nord.org', 1).replace('/', '\\/')}")`,
      'mailto:anna.berg@studio-nord.org',
    ],
    ["mailTo('anna.berg','studio-nord','org')", 'anna.berg@studio-nord.org'],
    ["sendEmail('anna.berg', 'studio-nord.org'); return false", 'anna.berg@studio-nord.org'],
    ['emailLink("anna.berg","@","studio-nord.org")', 'anna.berg@studio-nord.org'],
    ["sendMail('studio-nord.org','anna')", 'anna@studio-nord.org'],
    ["openMail(['anna.berg','studio-nord','de'])", 'anna.berg@studio-nord.de'],
    ["eml2('gro.dron-oiduts@greb.anna')", 'anna.berg@studio-nord.org'],
    ["decodeMail('naan.oret@fghqvb-abeq.bet')", 'anna.berg@studio-nord.org'],
    ["cryptmail('YW5uYS5iZXJnQHN0dWRpby1ub3JkLm9yZw==')", 'anna.berg@studio-nord.org'],
    ["showEmail('YW5uYS5iZXJn','c3R1ZGlvLW5vcmQub3Jn')", 'anna.berg@studio-nord.org'],
    ["window.location = Site.mail('anna.berg','studio-nord','co.uk')", 'anna.berg@studio-nord.co.uk'],
    ["kontakt('anna.berg@studio-nord.org')", 'anna.berg@studio-nord.org'],
  ])('reads %s', (code, address) => {
    expect(decodeCall(code)).toEqual([address]);
  });

  it.each([
    "gtag('event', 'mail', {'event_category':'contact'})",
    "trackMail('footer','example.com')",
    "openContact('form','de')",
    "showTab('info','de')",
    "mailPopup('contact', 600, 400)",
    'sendMail()',
    "validateEmail('email', 'required', 'This field is needed')",
    "subscribeMail('news','list','de')",
    "mailto(document.forms[0], 'name')",
  ])('makes nothing of %s', (code) => {
    expect(decodeCall(code)).toEqual([]);
  });

  it('leaves functions that are there to be run', () => {
    expect(decodeCall("mailTo('anna.berg','studio-nord.org')", (name) => name === 'mailTo')).toEqual([]);
  });
});
